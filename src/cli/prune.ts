import type { Command } from 'commander';
import type { Pruned, PruneResult } from '../contract/prune';
import { loadConfig } from '../process/config';
import { expectingTemporal, usingTemporal } from '../temporal/connection/using-temporal';
import { resultOrRefusal } from '../temporal/runs/result-or-refusal';
import { startPrune } from '../temporal/runs/start-prune';
import { createProgress, say, table, writeJson } from './output';
import { seeEnd } from './see-end';

interface Options {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const WHAT: Readonly<Record<Pruned, string>> = {
  calls: 'calls to partners',
  rawRecords: 'texts of rejected records',
  rejectedRecords: 'rejected records',
  runs: 'runs that changed nothing',
};

/** `prune` */
export function pruneCommand(command: Command): void {
  command
    .option('--dry-run', 'only count what would be removed')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nA worker removes it, and keeps what its KEEP_CALLS, KEEP_RAW_RECORDS and KEEP_RUNS say.\n' +
        'The schedule that `schedules apply` makes does the same every night.',
    )
    .action(prune);
}

async function prune({ dryRun = false, json = false }: Options): Promise<void> {
  const { temporal } = loadConfig(['temporal']);
  const result = await usingTemporal(temporal, async (client) => {
    const handle = await startPrune(client, temporal.taskQueue, { dryRun });
    const progress = createProgress();
    progress.show(`Started ${handle.workflowId}; it needs a worker`);
    const started = `${dryRun ? 'The count' : 'The removal'} was started and may still be running: ${handle.workflowId} in Temporal.`;
    const result = () => expectingTemporal(temporal, () => handle.result());
    return resultOrRefusal({ result: () => seeEnd(started, result) }).finally(progress.end);
  });
  if (json) writeJson(result);
  else say(format(result));
}

function format({ dryRun, removed, complete }: PruneResult): string {
  const rows = Object.entries(WHAT).map(([what, text]) => [text, removed[what as Pruned]]);
  const lines = table([dryRun ? 'WOULD BE REMOVED' : 'REMOVED', 'COUNT'], rows);
  return complete ? lines : `${lines}\nMore is left; the next run continues.`;
}
