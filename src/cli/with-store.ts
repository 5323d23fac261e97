import type { DataSource } from 'typeorm';
import { loadConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import { createDataSource } from '../store/postgres/data-source';
import { classifyStoreError } from '../store/postgres/store-failure';

/** A command needs few connections. */
const POOL_SIZE = 2;

/** Connects to Postgres for the time of a command. */
export async function withStore<T>(use: (dataSource: DataSource) => Promise<T>): Promise<T> {
  return usingStore(loadConfig(['databaseUrl']).databaseUrl, use);
}

/**
 * Like {@link withStore}, for a command that has already read its configuration. The loss of a connection is not logged: a
 * statement that needs it fails, and the command reports why.
 *
 * @throws ExpectedError if Postgres is unavailable or not migrated
 */
export async function usingStore<T>(url: string, use: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = createDataSource({ url, applicationName: 'provider-sync cli', poolSize: POOL_SIZE });
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
