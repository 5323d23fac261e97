import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { startLocalPostgres } from '../../src/local/postgres';
import { findTemporalCli } from '../../src/local/temporal-binaries';
import { startLocalTemporal } from '../../src/local/temporal-server';
import { createLogger } from '../../src/process/logger';
import { PACKAGE_ROOT } from '../../src/process/package-root';
import { startStandbyServer } from './standby-server';

/**
 * Ports are drawn from this range, below those that systems assign. Two servers that start at the same moment would want the same default
 * port, and each would mistake the other's first answer for its own.
 */
const PORTS = [12_000, 30_000] as const;

/** The line of JSON that the owner writes to its standard output. */
export interface OwnedServer {
  readonly pid: number;
  /** `host:port` */
  readonly address: string;
  /** For Postgres: the URL with user and password. */
  readonly url?: string;
  /** For a Temporal with UI: the address of the UI. */
  readonly uiUrl?: string | null;
}

/**
 * A process that runs one server for a test until its input ends. A test can kill the server, and start it again with
 * a new owner on the same data directory. Its arguments: `postgres`, `standby`, `temporal` or `temporal-with-ui`, the
 * directory, and values of Temporal's dynamic configuration, or for a standby how to connect to its primary.
 */
async function own(kind: string, dataDir: string, settings: readonly string[]): Promise<void> {
  const log = createLogger('warn');
  const server = await (kind === 'postgres'
    ? startPostgres(dataDir)
    : kind === 'standby'
      ? startStandbyServer(dataDir, settings[0] ?? '', log)
      : startTemporal(dataDir));
  const { stop, ...found } = server;
  process.stdout.write(`${JSON.stringify(found satisfies OwnedServer)}\n`);
  process.stdin.resume();
  await once(process.stdin, 'end');
  await stop();

  async function startPostgres(dataDir: string) {
    const { url, port, pid, stop } = await startLocalPostgres({ dataDir, database: 'provider_sync', log });
    return { pid, address: `127.0.0.1:${port}`, url, stop };
  }

  async function startTemporal(dataDir: string) {
    const { path } = await findTemporalCli({ cacheDir: join(PACKAGE_ROOT, '.provider-sync/bin'), log });
    const preferredPort = randomInt(...PORTS);
    const ui = kind === 'temporal-with-ui';
    const options = { executable: path, dataDir, ui, preferredPort, settings, log };
    const { pid, address, uiUrl, stop } = await startLocalTemporal(options);
    return { pid, address, uiUrl, stop };
  }
}

const [kind = '', dataDir = '', ...settings] = process.argv.slice(2);
void own(kind, dataDir, settings);
