import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { type NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import type { DataSource } from 'typeorm';
import { createActivities } from '../../activities';
import { stopTimes, TIMEOUTS } from '../contract/timeouts';
import { readWholePartnersFile } from '../partner/config/partners-file';
import type { BaseConfig, Needs } from '../process/config';
import type { Logger } from '../process/logger';
import type { PayloadKeys } from '../process/payload-keys';
import type { Cleanup } from '../process/shutdown';
import { connectPatiently } from '../store/connect-patiently';
import { renewSuppressionSeal } from '../store/erase/suppression-key';
import { createDataSource } from '../store/postgres/data-source';
import { connectClient } from '../temporal/connection/connection';
import { expectingTemporal } from '../temporal/connection/using-temporal';
import { connectWorker, workerClient } from '../temporal/connection/worker-connection';
import { createWorkerMetrics } from '../temporal/metrics/worker-metrics';
import { registerSearchAttributes, SearchAttributes } from '../temporal/search-attributes';
import { createTemporalPort } from '../temporal/temporal-port';
import { reportProcess } from './report-process';
import { sweepLostRuns } from './sweep-lost-runs';
import { createWorker } from './worker';
import { workerBounds } from './worker-bounds';

type RunWorkerConfig = BaseConfig & Pick<Needs, 'databaseUrl' | 'temporal' | 'worker'>;

/** What the start of each part of the worker needs. */
interface Startup {
  readonly config: RunWorkerConfig;
  readonly log: Logger;
  /** Closes in reverse order what was opened. */
  readonly cleanup: Cleanup;
  /** Resolves when the process is asked to stop. */
  readonly stop: Promise<unknown>;
}

/**
 * Connects to Postgres and Temporal and polls the task queue. `cleanup` closes everything that it opens.
 *
 * @returns `ended` resolves when the worker has stopped, after `stop` or `cleanup` and the requests in flight.
 *   `gone` is the time in milliseconds after which the process has ended, counted from the stop. Runs that `starter`
 *   starts begin at once on this worker
 */
export async function runWorker(
  config: RunWorkerConfig,
  log: Logger,
  cleanup: Cleanup,
  stop: Promise<unknown>,
): Promise<{ ended: Promise<void>; gone: number; starter: Client }> {
  const startup = { config, log, cleanup, stop };
  const { partners, webhooks } = readWholePartnersFile(config.partnersFile, config.env);
  const longestDeadline = Math.max(...[...partners.values()].map(({ deadline }) => deadline));
  const dataSource = await openStore(startup);
  await renewSeal(dataSource, config.temporal.payloadKeys, log);
  const { client, connection } = await openTemporal(startup);
  const registered = await expectingTemporal(config.temporal, () => registerSearchAttributes(client, log));
  const starter = workerClient(connection, config.temporal);
  const attributes = new SearchAttributes(client, log, registered);
  const temporal = createTemporalPort(client, starter, config.temporal, attributes);
  const meter = Runtime.instance().metricMeter;
  const metrics = createWorkerMetrics(meter, partners.keys(), webhooks.keys());
  cleanup.add('the metrics of the process', reportProcess(meter, config.worker.version));
  const activities = createActivities({
    ...{ partners, webhooks, dataSource, temporal, log, metrics },
    payloadKeys: config.temporal.payloadKeys,
    retention: config.worker.retention,
  });
  const worker = await expectingTemporal(config.temporal, () =>
    createWorker(config.temporal, config.worker, connection, activities, longestDeadline),
  );
  const { ended } = await startPolling(startup, worker);
  await cleanup.acquire(
    'the sweep for lost runs',
    () => sweepLostRuns({ dataSource, temporal, partners, webhooks, log, metrics }),
    (sweep) => sweep.stop(),
  );
  return { ended, gone: stopTimes(longestDeadline).gone, starter };
}

/** After a rotation of the payload keys. A worker starts nevertheless: the first save of a partner with erased people waits. */
async function renewSeal(dataSource: DataSource, keys: PayloadKeys, log: Logger): Promise<void> {
  await renewSuppressionSeal(dataSource, keys).catch((error: Error) =>
    log.warn({ reason: error.message }, 'The key of the list of erased people was not sealed again'),
  );
}

function openStore({ config, log, cleanup, stop }: Startup): Promise<DataSource> {
  const dataSource = createDataSource({
    url: config.databaseUrl,
    applicationName: 'provider-sync worker',
    poolSize: workerBounds(config.worker.maxConcurrentSyncs).poolSize,
    log,
  });
  return cleanup.acquire(
    'connections to Postgres',
    () => connectPatiently(dataSource, log, stop).connected,
    // A statement that is still running after the worker's grace must not keep the process.
    (connected) => Promise.race([connected.destroy(), sleep(TIMEOUTS.close, undefined, { ref: false })]),
  );
}

async function openTemporal({
  config,
  cleanup,
}: Startup): Promise<{ client: Client; connection: NativeConnection }> {
  const client = await cleanup.acquire(
    "the client's connection to Temporal",
    () => connectClient(config.temporal),
    (connected) => connected.connection.close(),
  );
  const connection = await cleanup.acquire(
    "the worker's connection to Temporal",
    () => connectWorker(config.temporal),
    (connected) => connected.close(),
  );
  return { client, connection };
}

/** @returns `ended` resolves when the worker has stopped */
async function startPolling(
  { log, cleanup, stop }: Startup,
  worker: Worker,
): Promise<{ ended: Promise<void> }> {
  const shutDown = () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const polling = await cleanup.acquire(
    'the worker',
    () => ({ ended: worker.run() }),
    (running) => {
      shutDown();
      return running.ended.catch(({ message }: Error) =>
        log.warn({ reason: message }, 'Stopped with work in progress; another worker will retry it'),
      );
    },
  );
  void stop.then(shutDown);
  return polling;
}
