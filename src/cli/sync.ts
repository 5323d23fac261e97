import type { Command } from 'commander';
import { explainCounts } from '../contract/explain';
import { FAILURES } from '../contract/failures';
import { DEFAULT_PARTNER } from '../contract/names';
import { loadConfig } from '../process/config';
import { EXIT, type ExitCode } from '../process/expected-error';
import { createLogger } from '../process/logger';
import { getRun } from '../store/read-runs';
import { connectClient } from '../temporal/connection';
import { startSync } from '../temporal/start-sync';
import { type SyncOutcome, watchSync } from '../temporal/watch-sync';
import { writeJson } from './output';
import { createProgress } from './progress';
import { usingStore } from './with-store';

export function syncCommand(program: Command): void {
  program
    .command('sync')
    .description('run a sync and wait for its end')
    .argument('[partner]', 'whom to sync', DEFAULT_PARTNER)
    .option('--json', 'print the run as JSON')
    .addHelpText('after', '\nExit codes: 0 succeeded, 1 failed, 2 wrong use or configuration, 3 skipped.')
    .action(async (partner: string, { json }: { json?: boolean }) => {
      process.exitCode = await sync(partner, json === true);
    });
}

async function sync(partner: string, json: boolean): Promise<ExitCode> {
  const config = loadConfig(['databaseUrl', 'temporal']);
  const client = await connectClient(config.temporal);
  try {
    const handle = await startSync(client, config.temporal.taskQueue, { partner, trigger: 'cli' });
    const progress = createProgress();
    progress.show(`Started ${handle.workflowId}`);
    const outcome = await watchSync(handle, progress.show);
    progress.end();
    if (json) {
      const run = await usingStore(config.databaseUrl, createLogger(config.logLevel), (dataSource) =>
        getRun(dataSource, handle.workflowId),
      );
      // A run that was refused at its start is in Temporal only.
      writeJson(run ?? { id: null, partner, workflowId: handle.workflowId, calls: [], ...outcome });
    } else {
      process.stdout.write(`${describeOutcome(partner, handle.workflowId, outcome)}\n`);
    }
    return exitCodeOf(outcome);
  } finally {
    await client.connection.close();
  }
}

/** How a sync ended, in a few lines: the result or the reason, and where to see more. */
export function describeOutcome(partner: string, workflowId: string, outcome: SyncOutcome): string {
  const more = `See more: npx provider-sync runs show ${workflowId}`;
  switch (outcome.status) {
    case 'succeeded':
      return `Sync of ${partner} succeeded. ${explainCounts(outcome)}.\n${more}`;
    case 'skipped':
      return `Sync of ${partner} skipped: ${outcome.holder.workflowId} is already at it.\n${more}`;
    default:
      return `Sync of ${partner} ${outcome.status}: ${outcome.failure.type}. ${outcome.failure.message}\n${FAILURES[outcome.failure.type].advice}\n${more}`;
  }
}

function exitCodeOf({ status }: SyncOutcome): ExitCode {
  if (status === 'succeeded') return EXIT.done;
  return status === 'skipped' ? EXIT.skipped : EXIT.failed;
}
