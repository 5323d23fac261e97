import { spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import { type StopStep, stopProcess } from './stop-process';

/** The program to run, and the account that runs it. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

interface ServerOptions {
  /** The name in messages. */
  readonly name: string;
  readonly command: Command;
  /** Environment variables in addition to PATH. The server inherits no others, so it gets no secrets. */
  readonly env?: Readonly<Record<string, string>>;
  /** The file for the output; emptied at each start. */
  readonly logFile: string;
  readonly pidFile?: string;
  /** Called repeatedly until it returns true. It has a deadline of its own. */
  readonly isReady: (pid: number) => Promise<boolean>;
  readonly readyWithinMs: number;
  readonly stopSteps: readonly StopStep[];
  readonly log: Logger;
}

export interface ServerProcess {
  readonly pid: number;
  /** Rejects with an ExpectedError if the server ends without `stop`; never resolves. */
  readonly lost: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Starts a server and waits until it is ready. It runs in a session of its own, so that Ctrl-C in a terminal reaches
 * only this process, which stops its servers in order.
 *
 * @throws ExpectedError with the last lines of its output if it ends early or is not ready in time
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
    log.error({ lastLines: await lastLines(options.logFile) }, `${name} ended unexpectedly`);
    throw new ExpectedError(
      `${name} ${how} unexpectedly. Start again; the stored data is kept.`,
      EXIT.failed,
    );
  });
  // A caller that does not wait for it finds the line in the log.
  lost.catch(() => undefined);
  return { pid, lost, stop };
}

/** Synchronous, so that the pid file is written immediately after the start. */
function spawnDetached({ command, env, logFile, pidFile }: ServerOptions) {
  const output = openSync(logFile, 'w', 0o600);
  try {
    const { file, args, ...account } = command;
    const child = spawn(file, args, {
      ...account,
      env: { PATH: process.env.PATH, ...env },
      // This folder exists always, and every account can enter it.
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

/** The end of the log, and before it the line about a port that is taken: Temporal writes a long stack after it. */
async function lastLines(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch((error: Error) => `(${error.message})`);
  const lines = text.trim().split('\n');
  const taken = lines.slice(0, -12).find((line) => /address already in use/i.test(line));
  const end = lines.slice(-12).join('\n').slice(-3_000);
  return taken ? `${taken}\n${end}` : end;
}
