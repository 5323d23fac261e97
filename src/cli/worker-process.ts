import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readProcess } from '../local/process-info';
import { type StopStep, stopProcess } from '../local/stop-process';
import { EXIT, ExpectedError } from '../process/expected-error';
import type { Cleanup } from '../process/shutdown';

/** Long for a busy machine. */
const READY_WITHIN_MS = 120_000;
/** The log line of a worker that polls. */
const READY = /Worker ready/;
/** The end of the log that is kept, in characters. */
const KEPT_LOG = 10_000;

const STOP_STEPS: readonly StopStep[] = [
  { signal: 'SIGTERM', graceMs: 10_000 },
  { signal: 'SIGKILL', graceMs: 5_000 },
];

/** A worker that is a process of its own. */
export interface WorkerProcess {
  readonly pid: number;
  /** Kills it with SIGKILL, and returns when it has ended. */
  kill(): Promise<void>;
}

/**
 * Starts a worker and waits until it polls. The cleanup stops it.
 *
 * @param env its environment; no `.env` file adds to it
 * @param dataDir the folder with a note of the process, for {@link stopLeftWorker}
 * @throws ExpectedError with the last lines of its log if it does not start
 */
export async function startWorkerProcess(
  env: NodeJS.ProcessEnv,
  dataDir: string,
  cleanup: Cleanup,
): Promise<WorkerProcess> {
  const child = await cleanup.acquire('the worker process', () => spawnWorker(env, dataDir), stop);
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-KEPT_LOG);
  });
  const { pid = 0 } = child;
  await noteProcess(pid, dataDir);
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!READY.test(log)) {
    if (hasEnded(child) || Date.now() > deadline) {
      const lines = log.trim().split('\n').slice(-12).join('\n');
      throw new ExpectedError(`The worker did not start. Its last lines were:\n${lines}`, EXIT.failed);
    }
    await sleep(20);
  }
  return {
    pid,
    kill: async () => {
      if (hasEnded(child)) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function spawnWorker(env: NodeJS.ProcessEnv, cwd: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(__dirname, 'main.js'), 'worker'], {
    // The start is found by this line.
    env: { ...env, LOG_LEVEL: 'info' },
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(child, 'spawn');
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (!hasEnded(child) && child.pid) await stopProcess(child.pid, STOP_STEPS);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

const noteSchema = z.object({ pid: z.int().positive(), startedAt: z.string() });

async function noteProcess(pid: number, dataDir: string): Promise<void> {
  const found = await readProcess(pid);
  if (found) await writeFile(noteIn(dataDir), JSON.stringify({ pid, startedAt: found.startedAt }));
}

/** Stops the worker that a killed process left running, if there is one. */
export async function stopLeftWorker(dataDir: string): Promise<void> {
  const text = await readFile(noteIn(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  const { data: note } = noteSchema.safeParse(parse(text ?? ''));
  // Another process may have this pid now.
  if (note && (await readProcess(note.pid))?.startedAt === note.startedAt) {
    await stopProcess(note.pid, STOP_STEPS);
  }
}

/** Null for a note that was cut by a crash. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function noteIn(dataDir: string): string {
  return join(dataDir, 'worker.json');
}
