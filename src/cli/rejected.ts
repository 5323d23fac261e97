import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DataSource } from 'typeorm';
import { REJECTIONS } from '../contract/answer';
import { listRejectedRecords, type StoredRejectedRecord } from '../store/directory/read-rejected-records';
import type { Page } from '../store/lists/cursor';
import { idSchema, type PageQuery, type RejectedRecordFilter } from '../store/lists/filters';
import { listCommand } from './list-command';
import { table } from './output';

/** A rejected record; its content, which may hold names of people, only if it was asked for. */
type ShownRecord = Omit<StoredRejectedRecord, 'raw'> & { readonly raw?: string };

interface Filter extends RejectedRecordFilter {
  readonly raw?: boolean;
}

/** `rejected list` */
export function rejectedCommand(rejected: Command): void {
  listCommand<Filter, ShownRecord>(rejected, {
    about: 'list rejected records, the latest first',
    filters: [
      new Option('--partner <name>', 'only records of this partner'),
      new Option('--run-id <id>', 'only records of this run').argParser(runId),
      new Option('--reason <reason>', 'only records rejected for this reason').choices(
        Object.keys(REJECTIONS),
      ),
      new Option('--raw', 'also print the records as received'),
    ],
    read: readRejected,
    format: formatRejected,
    noMatch: 'No rejected records match these filters.',
    none: 'No records have been rejected.',
  });
}

async function readRejected(
  dataSource: DataSource,
  { raw: withRaw = false, ...query }: Filter & PageQuery,
): Promise<Page<ShownRecord>> {
  const page = await listRejectedRecords(dataSource, query);
  return withRaw ? page : { ...page, items: page.items.map(({ raw: _, ...record }) => record) };
}

function runId(text: string): string {
  if (!idSchema.safeParse(text).success) throw new InvalidArgumentError('It must be the id of a run.');
  return text;
}

function formatRejected(records: readonly ShownRecord[]): string {
  const withRaw = records.some(({ raw }) => raw !== undefined);
  return table(
    ['RECEIVED', 'PARTNER', 'RECORD', 'FIELD', 'REASON', 'RUN', ...(withRaw ? ['AS RECEIVED'] : [])],
    records.map(({ createdAt, partner, position, field, reason, runId, raw }) => [
      ...[createdAt, partner, position + 1, field, reason, runId],
      ...(withRaw ? [raw] : []),
    ]),
  );
}
