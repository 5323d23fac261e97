import { type Command, InvalidArgumentError, Option } from 'commander';
import { explainDecided, explainNothingSelected } from '../operations/rejected/explain-decision';
import { EXIT, ExpectedError } from '../process/expected-error';
import {
  dismissRejected,
  type RejectedDecided,
  type RejectedSelection,
  reopenRejected,
} from '../store/directory/dismiss-rejected';
import { doerOption } from './doer-option';
import { say, writeJson } from './output';
import { toGroup, toRunId } from './rejected-options';
import { withStore } from './with-store';

interface SelectOptions {
  readonly runId?: string;
  readonly record?: number;
  readonly group?: string;
  readonly json?: boolean;
}

/** `rejected dismiss` and `rejected reopen`. */
export function decideRejectedCommands(rejected: Command): void {
  selecting(rejected.command('dismiss'))
    .description('dismiss open records: one, all of a run, or all of a person with the same fault')
    .requiredOption('--reason <text>', 'why nothing is to be done, kept with the records', toReason)
    .addOption(doerOption('the records'))
    .option('--json', 'print JSON')
    .action(({ by, reason, ...options }: SelectOptions & { by: string; reason: string }) =>
      withStore(async (dataSource) => {
        const selection = selectionOf(options);
        report('dismissed', selection, await dismissRejected(dataSource, selection, { by, reason }), options);
      }),
    );
  selecting(rejected.command('reopen'))
    .description('reopen records that were dismissed')
    .option('--json', 'print JSON')
    .action((options: SelectOptions) =>
      withStore(async (dataSource) => {
        const selection = selectionOf(options);
        report('reopened', selection, await reopenRejected(dataSource, selection), options);
      }),
    );
}

function selecting(command: Command): Command {
  return command
    .addOption(new Option('--run-id <id>', 'the records of this run').argParser(toRunId))
    .addOption(new Option('--record <number>', 'with --run-id: only this record, from 1').argParser(toRecord))
    .addOption(
      new Option('--group <id>', 'the records of this group: of one person, with one fault')
        .argParser(toGroup)
        .conflicts(['runId', 'record']),
    );
}

/** @throws ExpectedError if the options select nothing */
function selectionOf({ runId, record, group }: SelectOptions): RejectedSelection {
  if (group !== undefined) return { group };
  if (runId !== undefined) return { runId, record };
  throw new ExpectedError('Select records with --run-id, with --run-id and --record, or with --group.');
}

function report(
  decision: 'dismissed' | 'reopened',
  selection: RejectedSelection,
  decided: RejectedDecided | null,
  { json = false }: SelectOptions,
): void {
  if (!decided) {
    const advice = 'See: npx provider-sync rejected list --state all';
    throw new ExpectedError(`${explainNothingSelected(selection)} ${advice}`, EXIT.usage);
  }
  if (json) writeJson(decided);
  else say(explainDecided(decision, decided));
}

function toRecord(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

function toReason(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}
