import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Logger } from '../process/logger';
import { Trouble } from '../process/trouble';
import { classifyStoreError } from './postgres/store-failure';

const RETRY_MS = 2_000;

/** A connection to Postgres that is being made. */
export interface Connecting {
  /** Resolves when the first attempt has ended. If Postgres is available, the connection is then made. */
  readonly tried: Promise<void>;
  /** Rejects with the last error if `stop` settles first, or if waiting cannot help. */
  readonly connected: Promise<DataSource>;
}

/** Connects to Postgres, and waits if Postgres starts later than this process. */
export function connectPatiently(dataSource: DataSource, log: Logger, stop: Promise<unknown>): Connecting {
  const first = dataSource.initialize();
  const tried = first.then(
    () => undefined,
    () => undefined,
  );
  return { tried, connected: repeat(first, dataSource, log, stop) };
}

async function repeat(
  first: Promise<DataSource>,
  dataSource: DataSource,
  log: Logger,
  stop: Promise<unknown>,
): Promise<DataSource> {
  const trouble = new Trouble(log, 'Waiting for Postgres', 'Postgres is available');
  const stopped = stop.then(() => 'stopped' as const);
  for (let attempt = first; ; attempt = dataSource.initialize()) {
    try {
      const connected = await attempt;
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
