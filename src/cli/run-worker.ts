import { createActivities } from '../../activities';
import { readPartnersFile } from '../partner/partners-file';
import type { WorkerConfig } from '../process/config';
import type { Logger } from '../process/logger';
import type { Cleanup } from '../process/shutdown';
import { createDataSource } from '../store/data-source';
import { connectClient, connectWorker } from '../temporal/connection';
import { isStillRunning } from '../temporal/is-still-running';
import { pauseFailingSchedule } from '../temporal/schedules';
import { registerSearchAttributes } from '../temporal/search-attributes';
import { createWorker } from '../temporal/worker';
import { connectPatiently } from './connect-patiently';
import { expectingTemporal } from './with-temporal';

/** Each activity that stores holds one connection for a moment. */
const POOL_SIZE = 10;
/** A run that failed waits at most so long with its end. */
const PAUSE_TIMEOUT_MS = 5_000;

/**
 * Connects to Postgres and Temporal and polls the task queue. What it opens is closed by `cleanup`.
 *
 * @returns the end of the worker's work; it ends by `stop` or `cleanup`, after the requests in flight
 */
export async function runWorker(
  config: WorkerConfig,
  log: Logger,
  cleanup: Cleanup,
  stop: Promise<unknown>,
): Promise<{ ended: Promise<void> }> {
  const partners = readPartnersFile(config.partnersFile, config.env);
  const dataSource = await cleanup.acquire(
    'connections to Postgres',
    () =>
      connectPatiently(
        createDataSource({
          url: config.databaseUrl,
          applicationName: 'provider-sync worker',
          poolSize: POOL_SIZE,
          log,
        }),
        log,
        stop,
      ),
    (connected) => connected.destroy(),
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
      client.withDeadline(Date.now() + PAUSE_TIMEOUT_MS, () =>
        pauseFailingSchedule(client, { partner, taskQueue: config.temporal.taskQueue }, streak, note),
      ),
    log,
  });
  const longestDeadline = Math.max(...[...partners.values()].map(({ deadline }) => deadline));
  const worker = await expectingTemporal(config.temporal, () =>
    createWorker(config.temporal, connection, activities, longestDeadline),
  );
  const shutDown = () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const { ended } = await cleanup.acquire(
    'the worker',
    () => ({ ended: worker.run() }),
    (running) => {
      shutDown();
      return running.ended;
    },
  );
  void stop.then(shutDown);
  return { ended };
}
