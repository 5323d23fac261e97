import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Logger } from '../process/logger';
import { Trouble } from '../process/trouble';
import { classifyStoreError } from './postgres/store-failure';

const RETRY_MS = 2_000;

/**
 * Connects to Postgres, and waits if Postgres starts later than this process.
 *
 * @throws the last error if `stop` settles first, or if waiting cannot help
 */
export async function connectPatiently(
  dataSource: DataSource,
  log: Logger,
  stop: Promise<unknown>,
): Promise<DataSource> {
  const trouble = new Trouble(log, 'Waiting for Postgres', 'Postgres is available');
  const stopped = stop.then(() => 'stopped' as const);
  for (;;) {
    try {
      const connected = await dataSource.initialize();
      trouble.over();
      return connected;
    } catch (error) {
      const failure = classifyStoreError(error);
      if (!failure) throw error;
      trouble.occurred(failure.message);
      if ((await Promise.race([sleep(RETRY_MS), stopped])) === 'stopped') throw error;
    }
  }
}
