import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalPostgres } from '../../src/local/postgres';
import { findTemporalCli, findTemporalTestServer } from '../../src/local/temporal-binaries';
import { startLocalTemporal } from '../../src/local/temporal-server';
import { createLogger } from '../../src/process/logger';
import { PACKAGE_ROOT } from '../../src/process/package-root';
import { migrate } from '../../src/store/migrate/migrate';
import { patientDataSource } from './patient-data-source';
import { createTestDatabase, MIGRATED_TEMPLATE } from './test-database';
import { unusedPort } from './unused-port';

/** The servers of all tests, for the teardown. Tests find them through environment variables. */
export interface RunningServers {
  stop(): Promise<void>;
}

/**
 * No test crashes the machine, and tests that kill Postgres have one of their own. Without waiting for the disk, a
 * database is removed in a fourteenth of the time.
 */
const NOT_DURABLE = { fsync: 'off' };

const running = globalThis as { providerSyncServers?: RunningServers };

/** Starts one Postgres and one Temporal for all test files. Each file has its own database and task queue. */
export default async function startServers(): Promise<void> {
  if (running.providerSyncServers) return;
  const log = createLogger('warn');
  const cacheDir = join(PACKAGE_ROOT, '.provider-sync/bin');
  const dataDir = await mkdtemp(join(tmpdir(), 'provider-sync-test-'));
  const cli = await findTemporalCli({ cacheDir, log });
  const testServer = await findTemporalTestServer({ cacheDir, log });
  // With the usual port, a server that starts at the same moment could be taken for this one.
  const preferredPort = await unusedPort();
  const [postgres, temporal] = await Promise.all([
    startLocalPostgres({ dataDir, database: 'postgres', settings: NOT_DURABLE, log }),
    startLocalTemporal({ executable: cli.path, dataDir: null, ui: false, preferredPort, log }),
  ]);
  await createTemplate(postgres.url);
  process.env.TEST_DATABASE_URL = postgres.url;
  process.env.TEST_TEMPORAL_ADDRESS = temporal.address;
  process.env.TEMPORAL_CLI_PATH = cli.path;
  process.env.TEMPORAL_TEST_SERVER_PATH = testServer.path;
  running.providerSyncServers = {
    async stop() {
      await Promise.all([postgres.stop(), temporal.stop()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Creates the database of which the tests get copies. */
async function createTemplate(server: string): Promise<void> {
  const { url } = await createTestDatabase({ server, name: MIGRATED_TEMPLATE });
  const dataSource = patientDataSource({ url, applicationName: 'test', poolSize: 1 });
  await dataSource.initialize();
  await migrate(dataSource);
  await dataSource.destroy();
}
