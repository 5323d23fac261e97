import type { Command } from 'commander';
import { cancelSync } from '../operations/cancel-sync';
import { loadConfig } from '../process/config';
import { ExpectedError } from '../process/expected-error';
import { createLogger } from '../process/logger';
import { linkRun } from '../store/runs/link-run';
import { usingTemporal } from '../temporal/connection/using-temporal';
import { doerOption } from './doer-option';
import { findRunOrFail } from './find-run-or-fail';
import { say, writeJson } from './output';
import { withStore } from './with-store';
import { inCommandSpan, withTracing } from './with-tracing';

/** `runs cancel` */
export function cancelRunCommand(runs: Command): void {
  runs
    .command('cancel')
    .description('cancel a run; a request to the partner that is in flight is aborted')
    .argument('<id>', "the run's id, or its workflow ID")
    .option('--reason <text>', 'the reason, kept with the run')
    .addOption(doerOption('the run'))
    .option('--json', 'print JSON')
    .action(cancel);
}

interface CancelOptions {
  readonly by: string;
  readonly reason?: string;
  readonly json?: boolean;
}

async function cancel(id: string, { by, reason, json = false }: CancelOptions): Promise<void> {
  const config = loadConfig(['temporal']);
  const log = createLogger(config.logLevel);
  const request = () =>
    withStore(async (dataSource) => {
      const run = await findRunOrFail(dataSource, id);
      linkRun(run);
      // Temporal is not needed to refuse.
      const isAsked =
        run.status === 'running' &&
        (await usingTemporal(config.temporal, (client) =>
          cancelSync({ client, dataSource, log }, run, { by, reason }),
        ));
      return { run, isAsked };
    });
  const { run, isAsked } = await withTracing(config, log, () => inCommandSpan('runs cancel', request));
  if (!isAsked) throw new ExpectedError(`Run ${run.id} has already finished; there is nothing to cancel.`);
  if (json) writeJson({ id: run.id, workflowId: run.workflowId, status: 'cancelling' });
  else say(`Cancelling run ${run.id}.\nSee more: npx provider-sync runs show ${run.id}`);
}
