import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PACKAGE_ROOT } from '../../src/process/package-root';
import type { OwnedServer } from './server-owner';
import { startWay, type Way } from './way';

const OWNER = join(PACKAGE_ROOT, 'dist/test/support/server-owner.js');

/** Starts are repeated: a dev server exits if another process takes a port that it had found free. */
const START_TRIES = 3;

/** A server for one test. Its address stays the same when the server is killed and started again. */
export interface KillableServer {
  /** `host:port` */
  readonly address: string;
  /** For Postgres: the URL with user and password, through {@link address}. */
  readonly url: string;
  /** The connection to the server, which tests can break. */
  readonly way: Way;
  /** The folder of its files, with its log. */
  readonly dataDir: string;
  /** Kills the server with SIGKILL. Connections are then refused. */
  kill(): Promise<void>;
  /** Starts a killed server again on its data. */
  start(): Promise<void>;
  /** The process of the server, to send it other signals. */
  pid(): number;
  end(): Promise<void>;
}

/**
 * Starts a Postgres, or a Temporal dev server with a database file.
 *
 * @param settings values of Temporal's dynamic configuration, each as `key=JSON`
 */
export async function startKillableServer(
  kind: 'postgres' | 'temporal',
  settings: readonly string[] = [],
): Promise<KillableServer> {
  const start = () => startOwner(kind, dataDir, settings);
  const dataDir = await mkdtemp(join(tmpdir(), `provider-sync-${kind}-`));
  let owner = await start();
  const way = await startWay(owner.server.address);
  const url = new URL(owner.server.url ?? 'temporal://');
  url.host = way.address;
  return {
    address: way.address,
    url: url.href,
    way,
    dataDir,
    async kill() {
      process.kill(owner.server.pid, 'SIGKILL');
      await endOwner(owner.process);
    },
    async start() {
      owner = await start();
      way.lead(owner.server.address);
    },
    pid: () => owner.server.pid,
    async end() {
      way.close();
      await endOwner(owner.process);
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Starts a server in a process that owns it. */
export async function startOwner(
  kind: string,
  dataDir: string,
  settings: readonly string[],
): Promise<{ process: ChildProcess; server: OwnedServer }> {
  for (let attempt = 1; attempt <= START_TRIES; attempt++) {
    const owner = spawn(process.execPath, [OWNER, kind, dataDir, ...settings], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    for await (const line of createInterface(owner.stdout)) {
      return { process: owner, server: JSON.parse(line) };
    }
  }
  throw new Error(`The ${kind} of this test did not start.`);
}

/** Stops the server of an owner. */
export async function endOwner(owner: ChildProcess): Promise<void> {
  if (owner.exitCode !== null || owner.signalCode !== null) return;
  const ended = once(owner, 'exit');
  owner.stdin?.end();
  await ended;
}
