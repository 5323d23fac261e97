import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { readPartnersFile } from '../partner/partners-file';
import type { BaseConfig, Needs } from '../process/config';
import type { Logger } from '../process/logger';
import type { Cleanup } from '../process/shutdown';
import { createDataSource } from '../store/data-source';
import { classifyStoreError } from '../store/store-failure';
import { connectClient, connectWorker } from '../temporal/connection';
import { isStillRunning } from '../temporal/is-still-running';
import { createWorker } from '../temporal/worker';

/** Each activity that stores holds one connection for a moment. */
const POOL_SIZE = 10;
const RETRY_STORE_MS = 2_000;

/**
 * Connects to Postgres and Temporal and polls the task queue. What it opens is closed by `cleanup`.
 *
 * @returns the end of the worker's work; it ends by `stop`, after the requests in flight
 */
export async function runWorker(
  config: BaseConfig & Needs,
  log: Logger,
  cleanup: Cleanup,
  stop: Promise<unknown>,
): Promise<{ ended: Promise<void> }> {
  const partners = readPartnersFile(config.partnersFile, config.env);
  const dataSource = createDataSource({
    url: config.databaseUrl,
    applicationName: 'provider-sync worker',
    poolSize: POOL_SIZE,
    log,
  });
  await initializePatiently(dataSource, log, stop);
  cleanup.add('connections to Postgres', () => (dataSource.isInitialized ? dataSource.destroy() : undefined));
  const client = await connectClient(config.temporal);
  cleanup.add("the client's connection to Temporal", () => client.connection.close());
  const connection = await connectWorker(config.temporal);
  cleanup.add("the worker's connection to Temporal", () => connection.close());
  const worker = await createWorker(config.temporal, connection, {
    partners,
    dataSource,
    isStillRunning: (holder, askerRunId) => isStillRunning(client, holder, askerRunId),
    log,
  });
  return { ended: worker.runUntil(stop.then(() => undefined)) };
}

/** Postgres may come up after the worker. */
async function initializePatiently(
  dataSource: DataSource,
  log: Logger,
  stop: Promise<unknown>,
): Promise<void> {
  const stopped = stop.then(() => 'stopped' as const);
  for (;;) {
    try {
      await dataSource.initialize();
      return;
    } catch (error) {
      const failure = classifyStoreError(error);
      if (!failure) throw error;
      log.warn({ failure }, 'Waiting for Postgres');
      if ((await Promise.race([sleep(RETRY_STORE_MS), stopped])) === 'stopped') throw error;
    }
  }
}
