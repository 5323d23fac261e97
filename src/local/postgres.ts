import { mkdir, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import { createCluster, POSTGRES_ENVIRONMENT, readPassword, SUPERUSER } from './create-cluster';
import { freePort, withFreePorts } from './free-port';
import { postgresAccount } from './postgres-account';
import { findPostgresBinaries } from './postgres-binaries';
import { type Command, startServerProcess } from './server-process';
import { type StopStep, stopOrphan } from './stop-process';
import { explainDamage, writeCluster } from './write-cluster';

const PREFERRED_PORT = 5432;
/** Long, because recovery after a crash precedes the first connection. */
const READY_WITHIN_MS = 60_000;
const CONNECT_WITHIN_MS = 10_000;

/** PostgreSQL's "fast" and "immediate" shutdown. After the second it recovers at the next start. */
const STOP_STEPS: readonly StopStep[] = [
  { signal: 'SIGINT', graceMs: 20_000 },
  { signal: 'SIGQUIT', graceMs: 5_000 },
  { signal: 'SIGKILL', graceMs: 5_000 },
];

export interface LocalPostgres {
  /** The address of the requested database, with user and password. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Rejects if the server ends without `stop`. */
  readonly lost: Promise<never>;
  stop(): Promise<void>;
}

interface LocalPostgresOptions {
  /** `postgres` below it holds cluster, password and log. The caller holds {@link lockDataDir}. */
  readonly dataDir: string;
  /** Created if it is missing. */
  readonly database: string;
  /** More settings of the server, by name. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log: Logger;
}

/**
 * Starts the embedded PostgreSQL on 127.0.0.1. Its data survives a stop, a crash and a kill -9. A server that an
 * earlier process left running is stopped first.
 *
 * @throws ExpectedError with advice if it cannot be installed, started or reached
 */
export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const { log } = options;
  await mkdir(options.dataDir, { recursive: true });
  const dataDir = await realpath(options.dataDir);
  const home = join(dataDir, 'postgres');
  const cluster = join(home, 'data');
  const binaries = await findPostgresBinaries();
  const account = await postgresAccount({ cluster, mustReach: [dataDir, ...Object.values(binaries)] });

  const isDurable = options.settings?.fsync !== 'off';
  await createCluster({ dataDir, home, account, binaries, isDurable, log });
  const password = await readPassword(home);
  await clearPidFile(cluster, log);

  const command = (args: readonly string[]) => account.command(binaries.postgres, args);
  const server = await startServer({ home, password, command, options }).catch(explainDamage(home));
  const stopWriting = writeCluster({ home, account, binaries, log });
  return {
    ...server,
    async stop() {
      await stopWriting();
      await server.stop();
    },
  };
}

interface Starting {
  readonly home: string;
  readonly password: string;
  readonly command: (args: readonly string[]) => Command;
  readonly options: LocalPostgresOptions;
}

async function startServer({ home, password, command, options }: Starting): Promise<LocalPostgres> {
  const cluster = join(home, 'data');
  const { port, server } = await withFreePorts(async () => {
    const port = await freePort(PREFERRED_PORT);
    const settings = {
      listen_addresses: '127.0.0.1',
      // No socket: its path may have at most 107 characters, and a data directory may be longer.
      unix_socket_directories: '',
      // The content of a refused row must not be logged.
      log_error_verbosity: 'terse',
      log_min_error_statement: 'panic',
      log_timezone: 'UTC',
      timezone: 'UTC',
      ...options.settings,
    };
    const server = await startServerProcess({
      name: 'PostgreSQL',
      command: command([
        '-D',
        cluster,
        '-p',
        String(port),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ]),
      env: POSTGRES_ENVIRONMENT,
      logFile: join(home, 'server.log'),
      isReady: (pid) => acceptsConnections(cluster, pid),
      readyWithinMs: READY_WITHIN_MS,
      stopSteps: STOP_STEPS,
      log: options.log,
    });
    return { port, server };
  });

  try {
    const url = new URL(`postgresql://127.0.0.1:${port}/`);
    url.username = SUPERUSER;
    url.password = password;
    await createDatabase(url, options.database);
    url.pathname = `/${encodeURIComponent(options.database)}`;
    return { url: url.href, port, pid: server.pid, lost: server.lost, stop: server.stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Stops the server that a killed process left running in this data directory, if there is one. */
export async function stopLeftPostgres(dataDir: string, log: Logger): Promise<void> {
  await clearPidFile(join(await realpath(dataDir), 'postgres', 'data'), log);
}

/** The lines of PostgreSQL's file about a running server: pid, directory, …, and the state in line 8. */
async function pidFile(cluster: string): Promise<string[]> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').map((line) => line.trim());
}

async function acceptsConnections(cluster: string, pid: number): Promise<boolean> {
  const lines = await pidFile(cluster);
  return lines[0] === String(pid) && lines[7] === 'ready';
}

/**
 * Stops a server that was left running and removes its pid file. The file would prevent a start if another process or
 * a zombie has that pid now. Backends that outlive their server for a moment still prevent it: PostgreSQL recognises
 * them by their shared memory.
 */
async function clearPidFile(cluster: string, log: Logger): Promise<void> {
  const pid = Number.parseInt((await pidFile(cluster))[0] ?? '', 10);
  if (!(pid > 0)) return;
  await stopOrphan({
    name: 'PostgreSQL',
    pid,
    mark: ` -D ${cluster} -p `,
    program: 'postgres',
    steps: STOP_STEPS,
    log,
  });
  await rm(join(cluster, 'postmaster.pid'), { force: true });
}

async function createDatabase(server: URL, database: string): Promise<void> {
  const client = new Client({
    connectionString: new URL('/postgres', server).href,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: CONNECT_WITHIN_MS,
  });
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } catch (error) {
    throw new ExpectedError(
      `The embedded PostgreSQL runs, but its database ${database} cannot be opened: ${(error as Error).message}`,
      undefined,
      { cause: error },
    );
  } finally {
    await client.end();
  }
}
