import type { Command } from 'commander';
import { loadConfig } from '../process/config';
import { traceUrl } from '../process/config/tracing-config';
import { listDepartingProviders } from '../store/directory/read-providers';
import { listRejectedRecords } from '../store/directory/read-rejected-records';
import { findRunOrFail } from './find-run-or-fail';
import { formatDeparting, formatRun } from './format-run';
import { say, writeJson } from './output';
import { readCurrent } from './read-current';
import { toShown } from './rejected-table';
import { withStore } from './with-store';

/** `show` prints at most this many rejected records. */
const SHOWN_REJECTED = 50;
/** `show` names at most this many people who would leave. */
const SHOWN_DEPARTING = 50;

/** `runs show` */
export function showRunCommand(runs: Command): void {
  runs
    .command('show')
    .description('show one run: what it does now, its calls and its rejected records')
    .argument('<id>', "the run's id, or its workflow ID")
    .option('--raw', 'also print the rejected records as received')
    .option('--json', 'print JSON')
    .action(show);
}

function show(id: string, { raw = false, json }: { raw?: boolean; json?: boolean }): Promise<void> {
  return withStore(async (dataSource) => {
    const run = await findRunOrFail(dataSource, id);
    const { items } = await listRejectedRecords(dataSource, { runId: run.id, limit: SHOWN_REJECTED });
    const rejectedRecords = toShown(items, raw);
    const departing = await listDepartingProviders(dataSource, { runId: run.id, limit: SHOWN_DEPARTING });
    const current = await readCurrent(run);
    const trace = traceUrl(loadConfig([]).tracing, run.traceId);
    if (json) {
      const step = current?.step ?? null;
      const departingProviders = departing.items;
      return writeJson({ ...run, current: step, traceUrl: trace, rejectedRecords, departingProviders });
    }
    const parts = [formatRun(run, rejectedRecords, current, trace), formatDeparting(run, departing.items)];
    say(parts.filter(Boolean).join('\n\n'));
  });
}
