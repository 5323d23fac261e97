import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalPostgres } from '../../../src/local/postgres';
import { findTemporalCli } from '../../../src/local/temporal-binaries';
import { startLocalTemporal } from '../../../src/local/temporal-server';
import type { Logger } from '../../../src/process/logger';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import type { Cleanup } from '../../../src/process/shutdown';

/** A directory that is gone at the end. */
export async function makeDataDir(cleanup: Cleanup): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'provider-sync-bench-'));
  cleanup.add('the data', () => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

/** A PostgreSQL of its own, as `npm start` brings it; returns its address. */
export async function startPostgres(dataDir: string, cleanup: Cleanup, log: Logger): Promise<string> {
  const postgres = await startLocalPostgres({ dataDir, database: 'bench', log });
  cleanup.add('Postgres', () => postgres.stop());
  return postgres.url;
}

/** A Temporal of its own, as `npm start` brings it; returns its address. */
export async function startTemporal(dataDir: string, cleanup: Cleanup, log: Logger): Promise<string> {
  const { path } = await findTemporalCli({ cacheDir: join(PACKAGE_ROOT, '.provider-sync/bin'), log });
  const temporal = await startLocalTemporal({ executable: path, dataDir, ui: false, log });
  cleanup.add('Temporal', () => temporal.stop());
  return temporal.address;
}
