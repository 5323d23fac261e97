import { type Command, Option } from 'commander';
import { plural } from '../contract/explain';
import { BAD_STATUSES, type CauseFilter, type RunCause, readRunCauses } from '../store/runs/read-causes';
import { say, table, visible, writeJson } from './output';
import { type RunOptions, runFilters, toRunQuery } from './run-filters';
import { shownTime } from './shown-time';
import { toTime } from './to-time';
import { withStore } from './with-store';

/** How far back the causes reach without `--since`. */
const USUAL = '24h';

interface CauseOptions extends Omit<RunOptions, 'status'> {
  readonly status?: CauseFilter['status'];
  readonly json?: boolean;
}

/** `runs causes` */
export function runCausesCommand(runs: Command): void {
  const command = runs
    .command('causes')
    .description('group failed and abandoned runs by cause, and show which causes are mended')
    .addOption(new Option('--status <status>', 'only runs with this status').choices(BAD_STATUSES));
  for (const option of runFilters()) {
    if (option.long === '--since') option.description += `; ${USUAL} by default`;
    if (option.long !== '--status') command.addOption(option);
  }
  command.option('--json', 'print JSON').action(print);
}

function print({ json = false, status, since = toTime(USUAL), ...options }: CauseOptions): Promise<void> {
  return withStore(async (dataSource) => {
    const items = await readRunCauses(dataSource, { ...toRunQuery({ ...options, since }), status });
    if (json) writeJson({ items });
    else if (items.length > 0) say(items.map(formatCause).join('\n\n'));
    else say(`No run that matches failed since ${shownTime(since)}.`);
  });
}

function formatCause({ failureType, title, count, state, advice, partners }: RunCause): string {
  const runs = table(
    ['PARTNER', 'RUNS', 'FIRST', 'LAST', 'ENDPOINT', 'MENDED', 'EXAMPLE'],
    partners.map((one) => [
      one.partner,
      one.count,
      shownTime(one.firstAt),
      shownTime(one.lastAt),
      one.endpoint,
      one.mendedAt === null ? 'not yet' : shownTime(one.mendedAt),
      one.exampleRunId,
    ]),
  );
  const messages = [...new Set(partners.map(({ message }) => message))].slice(0, MESSAGES);
  return [
    `${failureType} (${title}): ${plural(count, 'run')}, ${STATES[state]}`,
    runs,
    ...messages.map((message) => `Reason: ${visible(message)}`),
    `Advice: ${advice}`,
  ].join('\n');
}

/** At most this many messages of a cause are printed. */
const MESSAGES = 3;
const STATES = { mended: 'mended', failing: 'still failing' } as const;
