import { type Command, Option } from 'commander';
import { CHANGE_FIELDS, CHANGE_KINDS, changesInWords, countsInWords } from '../contract/changes';
import { sortedName } from '../contract/person-names';
import { countChanges, type DirectoryChange, listChanges } from '../store/directory/read-changes';
import type { ChangeFilter } from '../store/lists/filters';
import { asList } from './list-command';
import { table } from './output';
import { toRunId } from './rejected-options';
import { shownTime } from './shown-time';
import { toTime } from './to-time';

/** `changes` */
export function changesCommand(command: Command): void {
  asList<ChangeFilter, DirectoryChange>(command, {
    filters: [
      new Option('--since <time>', 'only changes at this time or later').argParser(toTime),
      new Option('--until <time>', 'only changes before this time').argParser(toTime),
      new Option('--kind <kind>', 'only changes of this kind').choices(CHANGE_KINDS),
      new Option(
        '--field <field>',
        'only changes of this field; by default, changes only in other fields of the partner are left out',
      ).choices(CHANGE_FIELDS),
      new Option('--partner <name>', 'only people of this partner'),
      new Option(
        '--clinic <clinic>',
        'only people who are at exactly this clinic, or moved away from it in the time',
      ),
      new Option('--run <id>', 'only changes by this run').argParser(toRunId),
    ],
    read: listChanges,
    format: formatChanges,
    summarize: async (dataSource, filter) =>
      `In all: ${countsInWords(await countChanges(dataSource, filter))}`,
    noMatch: 'No changes match these filters.',
    none: 'The directory is empty. Start a run with: npx provider-sync sync',
  });
}

function formatChanges(changes: readonly DirectoryChange[]): string {
  return table(
    ['WHEN', 'NAME', 'WHAT', 'CLINIC', 'PARTNER', 'PROVIDER', 'RUN'],
    changes.map(({ changedAt, kind, provider, changes, runId }) => [
      shownTime(changedAt),
      sortedName(provider),
      changesInWords(kind, changes),
      provider.clinic,
      provider.partner,
      provider.id,
      runId,
    ]),
  );
}
