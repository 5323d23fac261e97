import { mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import type { Logger } from '../process/logger';
import { freePort, withFreePorts } from './free-port';
import { guardHost } from './host-guard';
import { listeningPorts } from './listening-ports';
import { startServerProcess } from './server-process';
import { type StopStep, stopOrphan } from './stop-process';

const PREFERRED_PORT = 7233;
/** The UI's port is this much above the server's port, as in the Temporal CLI itself. */
const UI_PORT_OFFSET = 1_000;
const READY_WITHIN_MS = 60_000;
/** Long enough for one answer, and short enough for frequent tries. */
const PROBE_WITHIN_MS = 2_000;
const NAMESPACE = 'default';

const STOP_STEPS: readonly StopStep[] = [
  { signal: 'SIGTERM', graceMs: 10_000 },
  { signal: 'SIGKILL', graceMs: 5_000 },
];

/**
 * By default the dev server polls its queues 20 times a second, so that each workflow task waits up to 50 ms. These
 * values remove that delay.
 */
const POLLING = [
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  // Timers are delayed by up to a second by default, for clocks that differ. Here there is only one clock.
  'history.timerProcessorMaxTimeShift="1ms"',
];

/** Enables `temporal workflow pause`, which is disabled by default. */
const PAUSING = ['frontend.WorkflowPauseEnabled=true'];

/**
 * The server's HTTP API accepts requests from any page in a browser, and it cannot be switched off. So its only
 * allowed host is one that no browser can reach: `invalid` is reserved and never resolves. We do not use this API.
 */
const CLOSED_HTTP_API = ['frontend.httpAllowedHosts=["closed.invalid"]'];

/** Health checks list the workers that send heartbeats. These values do not depend on the server's defaults. */
const WORKER_LIST = ['frontend.WorkerHeartbeatsEnabled=true', 'frontend.ListWorkersEnabled=true'];

/** Values of the server's dynamic configuration, each as `key=JSON`. */
const SETTINGS = [...POLLING, ...WORKER_LIST, ...PAUSING, ...CLOSED_HTTP_API];

/** Faster than SQLite's defaults, and as safe unless the machine itself crashes. */
const SQLITE = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'];

export interface LocalTemporal {
  readonly address: string;
  readonly uiUrl: string | null;
  readonly pid: number;
  /** Rejects if the server ends without `stop`. */
  readonly lost: Promise<never>;
  stop(): Promise<void>;
}

interface LocalTemporalOptions {
  /** The Temporal CLI. */
  readonly executable: string;
  /** `temporal` below it holds database and log; null keeps all in memory. The caller holds {@link lockDataDir}. */
  readonly dataDir: string | null;
  readonly ui: boolean;
  /** The endpoint that decodes payloads for the UI. */
  readonly codecEndpoint?: string;
  readonly preferredPort?: number;
  /** More values of the server's dynamic configuration, each as `key=JSON`. */
  readonly settings?: readonly string[];
  readonly log: Logger;
}

/**
 * Starts a Temporal dev server with the namespace `default` on 127.0.0.1, after stopping one that an earlier
 * process left behind in the same data directory.
 *
 * @throws ExpectedError with the last lines of its output if it does not start
 */
export async function startLocalTemporal(options: LocalTemporalOptions): Promise<LocalTemporal> {
  const { executable, ui, preferredPort = PREFERRED_PORT, settings = [], log } = options;
  const inMemory = options.dataDir === null;
  const home = await temporalHome(options.dataDir);
  const discard = async () => {
    if (inMemory) await rm(home, { recursive: true, force: true });
  };
  const database = join(home, 'temporal.db');
  const pidFile = join(home, 'server.pid');
  await stopLeftBehind(pidFile, database, log);
  const storage = inMemory ? [] : ['--db-filename', database, ...SQLITE];

  const { port, guard, server } = await withFreePorts(async () => {
    const port = await freePort(preferredPort);
    const uiPort = await freePort();
    const address = `127.0.0.1:${port}`;
    const pages = ui ? ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)] : ['--headless'];
    const guard = ui ? await guardHost(await freePort(preferredPort + UI_PORT_OFFSET), uiPort) : null;
    const codec = options.codecEndpoint ? ['--ui-codec-endpoint', options.codecEndpoint] : [];
    const server = await startServerProcess({
      name: 'The Temporal dev server',
      command: {
        file: executable,
        args: [
          ...['server', 'start-dev'],
          ...storage,
          ...['--ip', '127.0.0.1', '--port', String(port)],
          ...pages,
          ...codec,
          ...['--namespace', NAMESPACE, '--log-level', 'warn'],
          ...[...SETTINGS, ...settings].flatMap((setting) => ['--dynamic-config-value', setting]),
        ],
      },
      logFile: join(home, 'server.log'),
      pidFile,
      isReady: async (pid) =>
        (await servesNamespace(address)) &&
        (guard === null || (await servesUi(guard.url))) &&
        (await listensOn(pid, guard === null ? [port] : [port, uiPort])),
      readyWithinMs: READY_WITHIN_MS,
      stopSteps: STOP_STEPS,
      log,
    }).catch(async (error) => {
      await guard?.close();
      throw error;
    });
    return { port, guard, server };
  }).catch(async (error) => {
    await discard();
    throw error;
  });

  return {
    address: `127.0.0.1:${port}`,
    uiUrl: guard?.url ?? null,
    pid: server.pid,
    lost: server.lost,
    stop: async () => {
      await guard?.close();
      await server.stop();
      await discard();
    },
  };
}

async function temporalHome(dataDir: string | null): Promise<string> {
  if (dataDir === null) return mkdtemp(join(tmpdir(), 'provider-sync-temporal-'));
  await mkdir(join(dataDir, 'temporal'), { recursive: true, mode: 0o700 });
  return realpath(join(dataDir, 'temporal'));
}

/** Stops the server that a killed process left running in this data directory, if there is one. */
export async function stopLeftTemporal(dataDir: string, log: Logger): Promise<void> {
  const home = join(await realpath(dataDir), 'temporal');
  await stopLeftBehind(join(home, 'server.pid'), join(home, 'temporal.db'), log);
}

async function stopLeftBehind(pidFile: string, database: string, log: Logger): Promise<void> {
  const text = await readFile(pidFile, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const pid = Number.parseInt(text, 10);
  if (!(pid > 0)) return;
  await stopOrphan({
    name: 'Temporal dev server',
    pid,
    mark: ` --db-filename ${database} --`,
    program: ' server start-dev --db-filename ',
    steps: STOP_STEPS,
    log,
  });
}

/**
 * The UI has a connection of its own to the server. If it tried too early, it answers 503 until its next try, while
 * the server already works.
 */
async function servesUi(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL(`/api/v1/namespaces/${NAMESPACE}`, url), {
      signal: AbortSignal.timeout(PROBE_WITHIN_MS),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/**
 * Whether the answers came from our server. Another program can take a port after it was found free, and may be a
 * Temporal server too; ours then ends soon. A machine that does not tell is trusted.
 */
async function listensOn(pid: number, ports: readonly number[]): Promise<boolean> {
  const ours = await listeningPorts(pid);
  return ours === null || ports.every((port) => ours.includes(port));
}

async function servesNamespace(address: string): Promise<boolean> {
  const connection = Connection.lazy({
    address,
    connectTimeout: PROBE_WITHIN_MS,
    // A proxy in the environment cannot reach the loopback address of this machine.
    channelArgs: { 'grpc.enable_http_proxy': 0 },
  });
  try {
    await connection.withDeadline(Date.now() + PROBE_WITHIN_MS, () =>
      connection.workflowService.countWorkflowExecutions({ namespace: NAMESPACE }),
    );
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}
