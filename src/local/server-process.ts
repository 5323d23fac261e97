import { spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import { type StopStep, stopProcess } from './stop-process';

/** What to run and as whom. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

interface ServerOptions {
  /** What people call it. */
  readonly name: string;
  readonly command: Command;
  /** Variables beside PATH; a server inherits no others, and so no secrets either. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives the output; emptied at each start. */
  readonly logFile: string;
  readonly pidFile?: string;
  /** Asked again and again until it says yes. Bounds its own time. */
  readonly isReady: (pid: number) => Promise<boolean>;
  readonly readyWithinMs: number;
  readonly stopSteps: readonly StopStep[];
  readonly log: Logger;
}

export interface ServerProcess {
  readonly pid: number;
  /** Rejects with an ExpectedError when the server ends though nobody here stopped it; never resolves. */
  readonly lost: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Starts a server and waits until it is ready. It runs in a session of its own, so that Ctrl-C in a terminal
 * reaches us alone and we stop things in order.
 *
 * @throws ExpectedError with the last lines of its output where it ends early or is not ready in time
 */
export async function startServerProcess(options: ServerOptions): Promise<ServerProcess> {
  const { name, log } = options;
  const { pid, ended } = spawnDetached(options);
  if (pid === undefined) throw new ExpectedError(`${name} could not be started: it ${await ended}.`);

  let stopping = false;
  const stop = async () => {
    stopping = true;
    await stopProcess(pid, options.stopSteps);
    if (options.pidFile) await rm(options.pidFile, { force: true });
  };

  try {
    await untilReady(options, pid, ended);
  } catch (error) {
    await stop();
    throw error;
  }
  const lost = ended.then(async (how): Promise<never> => {
    if (stopping) return new Promise(() => undefined);
    log.error({ lastLines: await lastLines(options.logFile) }, `${name} is gone`);
    throw new ExpectedError(
      `${name} ${how} though nobody here stopped it. Start again; what is stored is still there.`,
      EXIT.failed,
    );
  });
  // Whoever does not wait for it has the line in the log.
  lost.catch(() => undefined);
  return { pid, lost, stop };
}

/** Synchronous, so that nothing can come between a server's start and the note of its pid. */
function spawnDetached({ command, env, logFile, pidFile }: ServerOptions) {
  const output = openSync(logFile, 'w', 0o600);
  try {
    const { file, args, ...account } = command;
    const child = spawn(file, args, {
      ...account,
      env: { PATH: process.env.PATH, ...env },
      // Keeps no directory busy, and can be entered by every account.
      cwd: '/',
      detached: true,
      stdio: ['ignore', output, output],
    });
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`failed with "${error.message}"`));
      child.once('exit', (code, signal) =>
        resolve(signal ? `was ended by ${signal}` : `exited with ${code}`),
      );
    });
    if (pidFile && child.pid !== undefined) writeFileSync(pidFile, String(child.pid));
    return { pid: child.pid, ended };
  } finally {
    closeSync(output);
  }
}

async function untilReady(options: ServerOptions, pid: number, ended: Promise<string>): Promise<void> {
  const { name, logFile, readyWithinMs } = options;
  const deadline = Date.now() + readyWithinMs;
  while (!(await options.isReady(pid))) {
    const how = await Promise.race([ended, sleep(50)]);
    if (how !== undefined) throw await startFailure(`${name} ${how} before it was ready`, logFile);
    if (Date.now() > deadline) {
      throw await startFailure(`${name} was not ready within ${readyWithinMs / 1000} s`, logFile);
    }
  }
}

async function startFailure(what: string, logFile: string): Promise<ExpectedError> {
  const lines = await lastLines(logFile);
  return new ExpectedError(lines ? `${what}. Its last lines were:\n${lines}` : `${what}. It wrote nothing.`);
}

async function lastLines(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch((error: Error) => `(${error.message})`);
  return text.trim().split('\n').slice(-12).join('\n').slice(-3_000);
}
