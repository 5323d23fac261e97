import type { Command } from 'commander';
import { explainCounts } from '../contract/explain';
import { FAILURES } from '../contract/failures';
import { DEFAULT_PARTNER } from '../contract/names';
import { type BaseConfig, loadConfig, type Needs } from '../process/config';
import { EXIT, type ExitCode, ExpectedError } from '../process/expected-error';
import { createLogger } from '../process/logger';
import { getRun } from '../store/read-runs';
import { startSync } from '../temporal/start-sync';
import { type SyncOutcome, watchSync } from '../temporal/watch-sync';
import { writeJson } from './output';
import { createProgress } from './progress';
import { usingStore } from './with-store';
import { usingTemporal } from './with-temporal';

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
  if (partner.trim() === '')
    throw new ExpectedError('Name a partner, as in: npx provider-sync sync noteworth');
  const { temporal } = loadConfig(['temporal']);
  const store = json ? loadConfig(['databaseUrl']) : null;
  return usingTemporal(temporal, async (client) => {
    const handle = await startSync(client, temporal.taskQueue, { partner, trigger: 'cli' });
    const progress = createProgress();
    progress.show(`Started ${handle.workflowId}`);
    const outcome = await watchSync(handle, progress.show).finally(progress.end);
    if (store) {
      const run = await readRun(store, handle.workflowId);
      // A run that was refused at its start is in Temporal only.
      writeJson(run ?? { id: null, partner, workflowId: handle.workflowId, calls: [], ...outcome });
    } else {
      process.stdout.write(`${describeOutcome(partner, handle.workflowId, outcome)}\n`);
    }
    return exitCodeOf(outcome);
  });
}

/** The run as recorded; where Postgres is away just now, how it ended is known all the same. */
async function readRun(
  { databaseUrl, logLevel }: BaseConfig & Pick<Needs, 'databaseUrl'>,
  workflowId: string,
) {
  try {
    return await usingStore(databaseUrl, createLogger(logLevel), (dataSource) =>
      getRun(dataSource, workflowId),
    );
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    process.stderr.write(`provider-sync: the result lacks the calls: ${error.message}\n`);
    return null;
  }
}

/** How a sync ended, in a few lines: the result or the reason, and where to see more. */
export function describeOutcome(partner: string, workflowId: string, outcome: SyncOutcome): string {
  const more = `See more: npx provider-sync runs show ${workflowId}`;
  switch (outcome.status) {
    case 'succeeded':
      return `Sync of ${partner} succeeded. ${explainCounts(outcome)}.\n${more}`;
    case 'skipped':
      return `Sync of ${partner} skipped: ${outcome.holder.workflowId} is already running.\n${more}`;
    default:
      return [
        `Sync of ${partner} ${outcome.status}: ${outcome.failure.type}. ${outcome.failure.message}`,
        FAILURES[outcome.failure.type].advice,
        ...(wasRefused(outcome) ? [] : [more]),
      ].join('\n');
  }
}

function exitCodeOf(outcome: SyncOutcome): ExitCode {
  if (outcome.status === 'succeeded') return EXIT.done;
  if (outcome.status === 'skipped') return EXIT.skipped;
  return wasRefused(outcome) ? EXIT.usage : EXIT.failed;
}

/** Whether the start was wrong, so that there is no run to look at. */
function wasRefused(outcome: SyncOutcome): boolean {
  return 'failure' in outcome && ['UnknownPartner', 'InvalidInput'].includes(outcome.failure.type);
}
