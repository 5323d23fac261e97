import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { createActivities } from '../../activities';
import { listDisorder, stopTimes, TIMEOUTS } from '../contract/timeouts';
import { readPartnersFile } from '../partner/config/partners-file';
import type { BaseConfig, Needs } from '../process/config';
import type { Logger } from '../process/logger';
import type { Cleanup } from '../process/shutdown';
import { connectPatiently } from '../store/connect-patiently';
import { createDataSource } from '../store/postgres/data-source';
import { connectClient, connectWorker } from '../temporal/connection/connection';
import { expectingTemporal } from '../temporal/connection/using-temporal';
import { isAwaited } from '../temporal/runs/is-awaited';
import { isStillRunning } from '../temporal/runs/is-still-running';
import { pauseFailingSchedule } from '../temporal/schedules/schedules';
import { registerSearchAttributes } from '../temporal/search-attributes';
import { sweepLostRuns } from './sweep-lost-runs';
import { createWorker } from './worker';
import { workerBounds } from './worker-bounds';

/** Milliseconds; a worker that is told to stop waits for it. */
const PING_WITHIN_MS = 3_000;

/**
 * Connects to Postgres and Temporal and polls the task queue. What it opens is closed by `cleanup`.
 *
 * @returns `ended`: the end of the worker's work; it ends by `stop` or `cleanup`, after the requests in flight.
 *   `gone`: milliseconds from then on until the process is gone, at the latest
 */
export async function runWorker(
  config: BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal' | 'worker'>,
  log: Logger,
  cleanup: Cleanup,
  stop: Promise<unknown>,
): Promise<{ ended: Promise<void>; gone: number }> {
  const partners = readPartnersFile(config.partnersFile, config.env);
  const longestDeadline = Math.max(...[...partners.values()].map(({ deadline }) => deadline));
  const disorder = listDisorder(longestDeadline);
  if (disorder.length > 0) throw new Error(`Timeouts out of order: ${disorder.join('; ')}`);
  const dataSource = createDataSource({
    url: config.databaseUrl,
    applicationName: 'provider-sync worker',
    poolSize: workerBounds(config.worker.maxConcurrentSyncs).poolSize,
    log,
  });
  await cleanup.acquire(
    'connections to Postgres',
    () => connectPatiently(dataSource, log, stop),
    // A statement that outlived the worker's grace must not keep the process.
    (connected) => Promise.race([connected.destroy(), sleep(TIMEOUTS.close, undefined, { ref: false })]),
  );
  const client = await cleanup.acquire(
    "the client's connection to Temporal",
    () => connectClient(config.temporal),
    ({ connection }) => connection.close(),
  );
  const connection = await cleanup.acquire(
    "the worker's connection to Temporal",
    () => connectWorker(config.temporal),
    (connected) => connected.close(),
  );
  const searchable = await expectingTemporal(config.temporal, () => registerSearchAttributes(client, log));
  const activities = createActivities({
    partners,
    dataSource,
    isStillRunning: (holder, askerRunId) => isStillRunning(client, holder, askerRunId),
    searchable,
    pauseSchedule: (partner, streak, note) =>
      client.withDeadline(Date.now() + TIMEOUTS.pauseSchedule, () =>
        pauseFailingSchedule(client, { partner, taskQueue: config.temporal.taskQueue }, streak, note),
      ),
    isAwaited: (attempt, heartbeat) => isAwaited(client, attempt, heartbeat),
    log,
  });
  const worker = await expectingTemporal(config.temporal, () =>
    createWorker(config.temporal, config.worker, connection, activities, longestDeadline),
  );
  const shutDown = () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const { ended } = await cleanup.acquire(
    'the worker',
    () => ({ ended: worker.run() }),
    (running) => {
      shutDown();
      return running.ended.catch(({ message }: Error) =>
        log.warn({ reason: message }, 'Stopped in the middle of something; another worker does it again'),
      );
    },
  );
  void stop.then(shutDown);
  await cleanup.acquire(
    'the sweep for lost runs',
    () =>
      sweepLostRuns(
        dataSource,
        {
          isStillRunning: (run) => isStillRunning(client, run),
          ping: () => pingTemporal(client, config.temporal.connection.address),
        },
        log,
      ),
    (sweep) => sweep.stop(),
  );
  return { ended, gone: stopTimes(longestDeadline).gone };
}

/** @throws where Temporal does not answer, always with the same words */
async function pingTemporal(client: Client, address: string): Promise<void> {
  try {
    await client.withDeadline(Date.now() + PING_WITHIN_MS, () => client.workflowService.getSystemInfo({}));
  } catch (cause) {
    throw new Error(`no answer from ${address} within ${PING_WITHIN_MS / 1000} s`, { cause });
  }
}
