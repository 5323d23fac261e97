import { type Command, InvalidArgumentError } from 'commander';
import { explainCounts } from '../contract/explain';
import { adviseOn } from '../contract/failures';
import { durationWithin } from '../partner/config/values';
import { loadConfig, type Needs } from '../process/config';
import { EXIT, type ExitCode, ExpectedError } from '../process/expected-error';
import { createLogger } from '../process/logger';
import { outside } from '../process/outside';
import { getRun } from '../store/runs/read-runs';
import { type OpenTemporal, openTemporal } from '../temporal/connection/using-temporal';
import { type SyncHandle, type SyncStart, startSync } from '../temporal/runs/start-sync';
import { type SyncOutcome, watchSync } from '../temporal/runs/watch-sync';
import { doerOption } from './doer-option';
import { createProgress, say, writeJson } from './output';
import { seeEnd } from './see-end';
import { usingStore } from './with-store';
import { inCommandSpan, withTracing } from './with-tracing';

export interface WatchOptions {
  readonly by: string;
  readonly json?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** Adds the options of a command that starts a run and waits for its end. */
export function watchOptions(command: Command): Command {
  return command
    .option('--timeout <duration>', 'stop waiting after this time, such as 5m; the run continues', timeout)
    .addOption(doerOption('the run'))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 succeeded, 1 failed or still running after --timeout, 2 wrong use or configuration, or an unavailable server, 3 skipped.',
    );
}

function timeout(text: string): number {
  const { success, data } = durationWithin({ min: '1ms', max: '24d' }).safeParse(text);
  if (!success) throw new InvalidArgumentError('Write a duration such as 30s, 5m or 1h.');
  return data;
}

/**
 * Starts a run, waits for its end, and reports it. The trace of the run begins here.
 *
 * @param command such as `runs replay`
 * @param find finds what to start
 */
export async function startAndWatch(
  command: string,
  find: () => SyncStart | Promise<SyncStart>,
  { by, json = false, timeout }: WatchOptions,
): Promise<ExitCode> {
  const config = loadConfig(['temporal']);
  const store = json ? loadConfig(['databaseUrl']) : null;
  const log = createLogger(config.logLevel);
  return withTracing(config, log, async () => {
    const { partner, workflowId, temporal } = await inCommandSpan(command, async () => {
      // Temporal is asked only once it is known what to start.
      const start = await find();
      return startOn(await openTemporal(config.temporal), config.temporal.taskQueue, {
        ...start,
        startedBy: by,
      });
    });
    const started = `The run was started and may still be running. See: npx provider-sync runs show ${workflowId}`;
    const outcome = await seeEnd(started, () =>
      temporal.use((client) => showProgress(client.workflow.getHandle(workflowId), timeout)),
    ).finally(temporal.close);
    if (store) {
      const run = await readRun(store, workflowId);
      // A run that was refused, or still waits for a worker or for Postgres, is known to Temporal only.
      writeJson(run ?? { id: null, partner, workflowId, calls: [], ...outcome });
    } else {
      say(describeOutcome(partner, workflowId, outcome));
    }
    return exitCodeOf(outcome);
  });
}

/** Starts the run. The connection stays open: without a second one, no started run is lost before it is shown. */
async function startOn(temporal: OpenTemporal, taskQueue: string, start: SyncStart) {
  try {
    const { workflowId } = await temporal.use((client) => startSync(client, taskQueue, start));
    return { partner: start.partner, workflowId, temporal };
  } catch (error) {
    await temporal.close();
    throw error;
  }
}

/** Shows what the run does until it ends, or until `timeout`. */
async function showProgress(handle: SyncHandle, timeout: number | undefined): Promise<SeenOutcome> {
  const progress = createProgress();
  progress.show(`Started ${handle.workflowId}`);
  return waitFor(handle, progress.show, timeout).finally(progress.end);
}

/** The outcome, or that the run was still running when `--timeout` ended the wait. */
type SeenOutcome = SyncOutcome | { readonly status: 'running' };

async function waitFor(
  handle: SyncHandle,
  onProgress: (line: string) => void,
  timeout: number | undefined,
): Promise<SeenOutcome> {
  if (timeout === undefined) return watchSync(handle, onProgress);
  const signal = AbortSignal.timeout(timeout);
  try {
    return await watchSync(handle, onProgress, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return { status: 'running' };
  }
}

/** The recorded run; null if Postgres is unavailable, since the outcome is known from Temporal. */
async function readRun({ databaseUrl }: Pick<Needs, 'databaseUrl'>, workflowId: string) {
  try {
    return await usingStore(databaseUrl, (dataSource) => getRun(dataSource, workflowId));
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    outside().stderr.write(`provider-sync: the result lacks the calls: ${error.message}\n`);
    return null;
  }
}

/** The outcome of a sync in a few lines: the result or the reason, and the command that shows more. */
export function describeOutcome(partner: string, workflowId: string, outcome: SeenOutcome): string {
  const more = `See more: npx provider-sync runs show ${workflowId}`;
  switch (outcome.status) {
    case 'succeeded':
      return `Sync of ${partner} succeeded. ${explainCounts(outcome)}.\n${more}`;
    case 'skipped':
      return `Sync of ${partner} skipped: ${outcome.holder.workflowId} is already running.\n${more}`;
    case 'running':
      return [
        `Stopped waiting for the sync of ${partner}, which is still running.`,
        more,
        `Cancel it: npx provider-sync runs cancel ${workflowId}`,
      ].join('\n');
    default:
      return [
        `Sync of ${partner} ${outcome.status}: ${outcome.failure.type}. ${outcome.failure.message}`,
        adviseOn(outcome.failure),
        ...(wasRefused(outcome) ? [] : [more]),
      ].join('\n');
  }
}

/** The exit code of a command that waited for a run. */
export function exitCodeOf(outcome: SeenOutcome): ExitCode {
  if (outcome.status === 'succeeded') return EXIT.done;
  if (outcome.status === 'skipped') return EXIT.skipped;
  return wasRefused(outcome) ? EXIT.usage : EXIT.failed;
}

/** Whether the start itself was wrong, so that no run exists. */
function wasRefused(outcome: SeenOutcome): boolean {
  return 'failure' in outcome && ['UnknownPartner', 'InvalidInput'].includes(outcome.failure.type);
}
