import { type Command, Option } from 'commander';
import type { DataSource } from 'typeorm';
import { REJECTIONS } from '../contract/answer';
import { listRejectedGroups } from '../store/directory/read-rejected-groups';
import { listRejectedRecords } from '../store/directory/read-rejected-records';
import type { Page } from '../store/lists/cursor';
import { type PageQuery, REJECTED_FILTERS, type RejectedRecordFilter, stateOf } from '../store/lists/filters';
import { decideRejectedCommands } from './decide-rejected';
import { listCommand } from './list-command';
import { toGroup, toRunId } from './rejected-options';
import {
  rejectedGroupTable,
  rejectedTable,
  type ShownGroup,
  type ShownRecord,
  toShown,
} from './rejected-table';

const COLUMNS = ['RECEIVED', 'PARTNER', 'RECORD', 'FIELD', 'REASON', 'STATE', 'RUN'] as const;

const NONE_OPEN =
  'No rejected records are open. See the others with: npx provider-sync rejected list --state all';

interface Filter extends RejectedRecordFilter {
  readonly raw?: boolean;
}

/** `rejected list`, `rejected groups`, `rejected dismiss` and `rejected reopen` */
export function rejectedCommand(rejected: Command): void {
  listCommand<Filter, ShownRecord>(rejected, {
    about: 'list rejected records, the latest first',
    filters: [...rejectedFilters(), new Option('--raw', 'also print the records as received')],
    read: readRejected,
    format: (records) => rejectedTable(records, COLUMNS),
    noMatch: 'No rejected records match these filters.',
    none: NONE_OPEN,
  });
  listCommand<RejectedRecordFilter, ShownGroup>(rejected, {
    name: 'groups',
    about: 'list rejected records grouped by person and fault, the group with the latest record first',
    filters: rejectedFilters(),
    read: readGroups,
    format: rejectedGroupTable,
    noMatch: 'No rejected records match these filters.',
    none: NONE_OPEN,
  });
  decideRejectedCommands(rejected);
}

function rejectedFilters(): Option[] {
  return [
    new Option('--partner <name>', 'only records of this partner'),
    new Option('--run-id <id>', 'only records of this run').argParser(toRunId),
    new Option('--reason <reason>', 'only records rejected for this reason').choices(Object.keys(REJECTIONS)),
    new Option('--group <id>', 'only records of this group').argParser(toGroup),
    new Option(
      '--state <state>',
      'records in this state; open by default, all with --run-id or --group',
    ).choices(REJECTED_FILTERS),
  ];
}

async function readRejected(
  dataSource: DataSource,
  { raw: withRaw = false, ...query }: Filter & PageQuery,
): Promise<Page<ShownRecord>> {
  const page = await listRejectedRecords(dataSource, { ...query, state: stateOf(query) });
  return { ...page, items: toShown(page.items, withRaw) };
}

async function readGroups(
  dataSource: DataSource,
  query: RejectedRecordFilter & PageQuery,
): Promise<Page<ShownGroup>> {
  const page = await listRejectedGroups(dataSource, { ...query, state: stateOf(query) });
  return { ...page, items: page.items.map(({ raw: _, ...group }) => group) };
}
