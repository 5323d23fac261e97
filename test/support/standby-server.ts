import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../src/local/free-port';
import { postgresAccount } from '../../src/local/postgres-account';
import { findPostgresBinaries } from '../../src/local/postgres-binaries';
import { startServerProcess } from '../../src/local/server-process';
import type { Logger } from '../../src/process/logger';

/**
 * Starts the embedded PostgreSQL as a standby on a copy of a primary's files, in `postgres/data` below the folder. The
 * standby follows the primary until it is promoted.
 *
 * @param primary how to connect to the primary, as libpq takes it
 */
export async function startStandbyServer(dataDir: string, primary: string, log: Logger) {
  const cluster = join(dataDir, 'postgres', 'data');
  const binaries = await findPostgresBinaries();
  const account = await postgresAccount({ cluster, mustReach: [dataDir, ...Object.values(binaries)] });
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    hot_standby: 'on',
    primary_conninfo: primary,
    wal_retrieve_retry_interval: '200ms',
  };
  const { pid, stop } = await startServerProcess({
    name: 'The standby',
    command: account.command(binaries.postgres, [
      ...['-D', cluster, '-p', String(port)],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]),
    env: { LC_ALL: 'C', TZ: 'UTC' },
    logFile: join(dataDir, 'postgres', 'standby.log'),
    isReady: async (pid) => {
      const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
      return lines[0]?.trim() === String(pid) && /^(standby|ready)/.test(lines[7]?.trim() ?? '');
    },
    readyWithinMs: 60_000,
    stopSteps: [
      { signal: 'SIGQUIT', graceMs: 5_000 },
      { signal: 'SIGKILL', graceMs: 5_000 },
    ],
    log,
  });
  return { pid, address: `127.0.0.1:${port}`, stop };
}
