import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { startLocalPostgres } from '../../../src/local/postgres';
import { findTemporalCli } from '../../../src/local/temporal-binaries';
import { startLocalTemporal } from '../../../src/local/temporal-server';
import type { Logger } from '../../../src/process/logger';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import { Cleanup } from '../../../src/process/shutdown';
import { migrate } from '../../../src/store/migrate/migrate';
import { createDataSource } from '../../../src/store/postgres/data-source';

/** The PostgreSQL of one part of the benchmark. */
export interface BenchPostgres {
  readonly dataDir: string;
  /** The address of its database. */
  readonly url: string;
  readonly cleanup: Cleanup;
}

/** The same with migrated tables. */
export interface BenchStore extends BenchPostgres {
  readonly dataSource: DataSource;
}

/** Runs one part with a PostgreSQL of its own, started as `npm start` does, and removes it afterwards. */
export async function withPostgres<T>(log: Logger, use: (bench: BenchPostgres) => Promise<T>): Promise<T> {
  const cleanup = new Cleanup(log);
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'provider-sync-bench-'));
    cleanup.add('the data', () => rm(dataDir, { recursive: true, force: true }));
    const postgres = await startLocalPostgres({ dataDir, database: 'bench', log });
    cleanup.add('Postgres', () => postgres.stop());
    return await use({ dataDir, url: postgres.url, cleanup });
  } finally {
    await cleanup.run();
  }
}

/** Like {@link withPostgres}, with migrated tables. */
export function withStore<T>(
  log: Logger,
  poolSize: number,
  use: (bench: BenchStore) => Promise<T>,
): Promise<T> {
  return withPostgres(log, async (bench) => {
    const { url, cleanup } = bench;
    const dataSource = await createDataSource({ url, applicationName: 'bench', poolSize }).initialize();
    cleanup.add('connections', () => dataSource.destroy());
    await migrate(dataSource);
    return use({ ...bench, dataSource });
  });
}

/** A connection through pg alone, for the side that is compared with. */
export async function connectBare({ url, cleanup }: BenchPostgres): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  cleanup.add('the connection', () => client.end());
  return client;
}

/** Starts a Temporal dev server as `npm start` does, and returns its address. */
export async function startTemporal({ dataDir, cleanup }: BenchPostgres, log: Logger): Promise<string> {
  const { path } = await findTemporalCli({ cacheDir: join(PACKAGE_ROOT, '.provider-sync/bin'), log });
  const temporal = await startLocalTemporal({ executable: path, dataDir, ui: false, log });
  cleanup.add('Temporal', () => temporal.stop());
  return temporal.address;
}
