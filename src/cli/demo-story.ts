import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { ENDPOINTS } from '../contract/call';
import { readPartnersFile } from '../partner/config/partners-file';
import { EXIT, ExpectedError } from '../process/expected-error';
import type { Simulator } from '../simulator/simulator';
import { type SyncHandle, startSync } from '../temporal/runs/start-sync';
import { type SyncOutcome, watchSync } from '../temporal/runs/watch-sync';
import type { LocalServers } from './bring-up';
import { type Calls, describeCalls, type Observed } from './demo-verdict';
import { type HeldSaves, holdSaves } from './hold-saves';
import { PARTNER_URL } from './provide-servers';
import type { WorkerProcess } from './worker-process';

/** Prints one line of the story. */
export type Tell = (line: string) => void;

/** How long a step of the story may take on a busy machine. */
const STEP_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 50;
const NO_PARTNER = `The demo needs a partner in partners.yaml whose baseUrl is \${${PARTNER_URL}}.`;

interface Stage {
  readonly client: Client;
  readonly servers: LocalServers;
  /** The address of the pages. */
  readonly url: string;
  readonly tell: Tell;
  readonly startWorker: () => Promise<WorkerProcess>;
  /** Ends the story. */
  readonly signal: AbortSignal;
}

/**
 * Kills a worker that has fetched an answer and not stored it, starts another one, and waits for the end of the run. A
 * lock in Postgres keeps the answer from being stored, so that the kill always comes at the same point.
 */
export async function playDemo(stage: Stage): Promise<Observed> {
  const { client, servers, startWorker, tell } = stage;
  const simulator = simulatorOf(servers);
  tell('Starting a worker, as a process of its own');
  const first = await startWorker();
  const saves = await holdSaves(servers.config.databaseUrl);
  try {
    const partner = partnerAt(servers, simulator.url);
    const handle = await startSync(client, servers.config.temporal.taskQueue, { partner, trigger: 'cli' });
    const run = watchRun(handle, stage);
    tell(`Started a sync. Watch it: ${stage.url}/runs/${handle.workflowId}`);
    await run.until(saves.isAwaited, 'waits for the lock');
    const callsBefore = countCalls(simulator);
    const event = await findAnswer(handle);
    tell(
      `Temporal has the answer of the partner (event ${event} of the run) after ${describeCalls(callsBefore)}`,
    );
    const storedBefore = await killWorker(first, saves, tell);
    run.tellProgress(true);
    await run.until(run.isWithoutWorker, 'waits for a worker');
    run.tellProgress(false);
    await saves.release();
    tell('The page of the run says so too. Starting another worker');
    const second = await startWorker();
    tell(`Worker ${second.pid} is running, and saves the answer that Temporal has`);
    const outcome = await run.outcome();
    tell(`The run ${outcome.status}`);
    const [callsAtEnd, storedAtEnd] = [countCalls(simulator), await saves.countProviders()];
    return { outcome, callsBefore, callsAtEnd, storedBefore, storedAtEnd };
  } finally {
    await saves.close();
  }
}

/** @returns the number of providers that are stored */
async function killWorker(worker: WorkerProcess, saves: HeldSaves, tell: Tell): Promise<number> {
  await worker.kill();
  const stored = await saves.countProviders();
  tell(`Killed worker ${worker.pid} with SIGKILL while it was saving. Stored: ${stored} providers`);
  tell('Temporal notices this within 10 seconds, when the worker sends no more heartbeats');
  return stored;
}

/** Follows a run: its end, and whether it waits for a worker. */
function watchRun(handle: SyncHandle, { tell, signal }: Stage) {
  let latest = '';
  let isTold = false;
  const onProgress = (line: string) => {
    latest = line;
    // Without the advice after it: the demo does that itself.
    if (isTold) tell(`The run: ${line.split(';')[0]}`);
  };
  const ended = watchSync(handle, onProgress, signal);
  const tooLate = (what: string) =>
    new ExpectedError(
      `The run did not come to the point at which it ${what} within ${STEP_WITHIN_MS / 1000} s. Try again on a machine with less load.`,
      EXIT.failed,
    );
  const early = (what: string) =>
    ended.then(({ status }): never => {
      throw new ExpectedError(`The run ended before the point at which it ${what}: ${status}.`, EXIT.failed);
    });
  // Each wait gets the error.
  ended.catch(() => undefined);
  return {
    /** Prints each change of the run's progress, or no longer. */
    tellProgress: (isOn: boolean) => {
      isTold = isOn;
    },
    isWithoutWorker: async () => latest.startsWith('waiting for a worker'),
    /** Waits until the run is at a point, and fails if it ends before it. */
    until: (isThere: () => Promise<boolean>, what: string): Promise<void> =>
      Promise.race([early(what), look(isThere, signal, tooLate(what))]),
    outcome: (): Promise<SyncOutcome> => Promise.race([ended, late(signal, tooLate('ends'))]),
  };
}

async function look(isThere: () => Promise<boolean>, signal: AbortSignal, tooLate: Error): Promise<void> {
  const deadline = Date.now() + STEP_WITHIN_MS;
  while (!(await isThere())) {
    if (Date.now() > deadline) throw tooLate;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function late(signal: AbortSignal, tooLate: Error): Promise<never> {
  await sleep(STEP_WITHIN_MS, undefined, { signal, ref: false });
  throw tooLate;
}

/** The event with which the answer of the partner came into the history of the run. */
async function findAnswer(handle: SyncHandle): Promise<string> {
  const { events } = await handle.fetchHistory();
  const steps = new Map(
    events?.map(({ eventId, activityTaskScheduledEventAttributes: step }) => [
      String(eventId),
      step?.activityType?.name,
    ]),
  );
  const completed = events?.find(
    ({ activityTaskCompletedEventAttributes: end }) =>
      steps.get(String(end?.scheduledEventId)) === 'fetchProviders',
  );
  if (!completed) throw new ExpectedError('Temporal does not have the answer of the partner.', EXIT.failed);
  return String(completed.eventId);
}

function countCalls({ calls }: Simulator): Calls {
  const [auth = 0, providers = 0] = ENDPOINTS.map(
    (endpoint) => calls.filter((call) => call.endpoint === endpoint).length,
  );
  return { auth, providers };
}

function simulatorOf({ simulator }: LocalServers): Simulator {
  if (simulator) return simulator;
  throw new ExpectedError(NO_PARTNER);
}

/** The partner that the simulator plays. */
function partnerAt({ config }: LocalServers, url: string): string {
  const partners = readPartnersFile(config.partnersFile, config.env);
  const [name] = [...partners].find(([, { baseUrl }]) => baseUrl.startsWith(url)) ?? [];
  if (name) return name;
  throw new ExpectedError(NO_PARTNER);
}
