import { type Command, InvalidArgumentError, Option } from 'commander';
import type { DataSource } from 'typeorm';
import { REJECTIONS } from '../contract/answer';
import { listRejectedRecords } from '../store/directory/read-rejected-records';
import type { Page } from '../store/lists/cursor';
import { idSchema, type PageQuery, type RejectedRecordFilter } from '../store/lists/filters';
import { listCommand } from './list-command';
import { rejectedTable, type ShownRecord, toShown } from './rejected-table';

const COLUMNS = ['RECEIVED', 'PARTNER', 'RECORD', 'FIELD', 'REASON', 'RUN'] as const;

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
    format: (records) => rejectedTable(records, COLUMNS),
    noMatch: 'No rejected records match these filters.',
    none: 'No records have been rejected.',
  });
}

async function readRejected(
  dataSource: DataSource,
  { raw: withRaw = false, ...query }: Filter & PageQuery,
): Promise<Page<ShownRecord>> {
  const page = await listRejectedRecords(dataSource, query);
  return { ...page, items: toShown(page.items, withRaw) };
}

function runId(text: string): string {
  if (!idSchema.safeParse(text).success) throw new InvalidArgumentError('It must be the id of a run.');
  return text;
}
