import type { Command } from 'commander';
import { listDepartingProviders } from '../store/directory/read-providers';
import { listRejectedRecords } from '../store/directory/read-rejected-records';
import { listRuns } from '../store/runs/read-runs';
import type { Run } from '../store/runs/run-row';
import { cancelRunCommand } from './cancel-run';
import { compareRunsCommand } from './compare-runs';
import { decideRunCommands } from './decide-run';
import { findRunOrFail } from './find-run-or-fail';
import { formatDeparting, formatRun, formatRuns } from './format-run';
import { listCallsCommand } from './list-calls';
import { listCommand } from './list-command';
import { say, writeJson } from './output';
import { readCurrent } from './read-current';
import { toShown } from './rejected-table';
import { replayRunCommand } from './replay-run';
import { runCausesCommand } from './run-causes';
import { type RunOptions, runFilters, toRunQuery } from './run-filters';
import { withStore } from './with-store';

/** `show` prints at most this many rejected records. */
const SHOWN_REJECTED = 50;
/** `show` names at most this many people who would leave. */
const SHOWN_DEPARTING = 50;

/** `runs list`, `runs show`, `runs causes`, `runs compare`, `runs replay`, `runs cancel`, `runs approve` and `runs reject` */
export function runsCommand(runs: Command): void {
  listCommand<RunOptions, Run>(runs, {
    about: 'list the latest runs first',
    filters: runFilters(),
    read: (dataSource, query) => listRuns(dataSource, toRunQuery(query)),
    format: formatRuns,
    noMatch: 'No runs match these filters.',
    none: 'No runs yet. Start one with: npx provider-sync sync',
  });
  runs
    .command('show')
    .description('show one run: what it does now, its calls and its rejected records')
    .argument('<id>', "the run's id, or its workflow ID")
    .option('--raw', 'also print the rejected records as received')
    .option('--json', 'print JSON')
    .action(show);
  runCausesCommand(runs);
  compareRunsCommand(runs);
  listCallsCommand(runs);
  replayRunCommand(runs);
  cancelRunCommand(runs);
  decideRunCommands(runs);
}

function show(id: string, { raw = false, json }: { raw?: boolean; json?: boolean }): Promise<void> {
  return withStore(async (dataSource) => {
    const run = await findRunOrFail(dataSource, id);
    const { items } = await listRejectedRecords(dataSource, { runId: run.id, limit: SHOWN_REJECTED });
    const rejectedRecords = toShown(items, raw);
    const departing = await listDepartingProviders(dataSource, { runId: run.id, limit: SHOWN_DEPARTING });
    const current = await readCurrent(run);
    if (json) {
      const step = current?.step ?? null;
      return writeJson({ ...run, current: step, rejectedRecords, departingProviders: departing.items });
    }
    const parts = [formatRun(run, rejectedRecords, current), formatDeparting(run, departing.items)];
    say(parts.filter(Boolean).join('\n\n'));
  });
}
