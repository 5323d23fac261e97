import type { Command } from 'commander';
import { cancelSync } from '../operations/cancel-sync';
import { loadConfig } from '../process/config';
import { ExpectedError } from '../process/expected-error';
import { usingTemporal } from '../temporal/connection/using-temporal';
import { findRunOrFail } from './find-run-or-fail';
import { say, writeJson } from './output';
import { withStore } from './with-store';

/** `runs cancel` */
export function cancelRunCommand(runs: Command): void {
  runs
    .command('cancel')
    .description('cancel a run; a request to the partner that is in flight is aborted')
    .argument('<id>', "the run's id, or its workflow ID")
    .option('--json', 'print JSON')
    .action(cancel);
}

async function cancel(id: string, { json = false }: { json?: boolean }): Promise<void> {
  const { temporal } = loadConfig(['temporal']);
  const run = await withStore((dataSource) => findRunOrFail(dataSource, id));
  const isAsked = await usingTemporal(temporal, (client) => cancelSync({ client }, run));
  if (!isAsked) throw new ExpectedError(`Run ${run.id} has already finished; there is nothing to cancel.`);
  if (json) writeJson({ id: run.id, workflowId: run.workflowId, status: 'cancelling' });
  else say(`Cancelling run ${run.id}.\nSee more: npx provider-sync runs show ${run.id}`);
}
