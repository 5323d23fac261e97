import type { DataSource } from 'typeorm';
import { loadConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import { createLogger } from '../process/logger';
import { createDataSource } from '../store/postgres/data-source';
import { classifyStoreError } from '../store/postgres/store-failure';

/** A command needs few connections. */
const POOL_SIZE = 2;

/** Connects to Postgres for the time of a command. */
export async function withStore<T>(use: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const { databaseUrl, logLevel } = loadConfig(['databaseUrl']);
  return usingStore(databaseUrl, createLogger(logLevel), use);
}

/**
 * Like {@link withStore}, for a command that has already read its configuration.
 *
 * @throws ExpectedError if Postgres is unavailable or not migrated
 */
export async function usingStore<T>(
  url: string,
  log: ReturnType<typeof createLogger>,
  use: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const dataSource = createDataSource({
    url,
    applicationName: 'provider-sync cli',
    poolSize: POOL_SIZE,
    log,
  });
  try {
    await expectingFailures(() => dataSource.initialize(), '. Start Postgres, or correct DATABASE_URL.');
    return await expectingFailures(() => use(dataSource));
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

async function expectingFailures<T>(act: () => Promise<T>, advice = ''): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const failure = classifyStoreError(error);
    if (!failure) throw error;
    throw new ExpectedError(`${failure.message}${advice}`, EXIT.usage, { cause: error });
  }
}
