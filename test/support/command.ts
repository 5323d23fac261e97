import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PACKAGE_ROOT } from '../../src/process/package-root';

/** The compiled command. */
export const MAIN = join(PACKAGE_ROOT, 'dist/src/cli/main.js');
/** Milliseconds to wait for the output of a command. */
const PATIENCE = 120_000;
/** Milliseconds after which a command that runs to its end is killed, also on a busy machine. */
const ENDS_WITHIN = 2 * PATIENCE;
/** The same for a command that runs until it is stopped: longer than all tests of a file take. */
const STAYS_WITHIN = 20 * 60_000;

export interface Finished {
  /** Null if a signal ended the command. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly pid: number;
  readonly ended: Promise<Finished>;
  /** Waits until the output matches: standard output and standard error together. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Finished>;
}

const running = new Set<ChildProcess>();

/**
 * Starts a compiled command with these variables and PATH, and no others.
 *
 * @param endsWithin milliseconds after which it is killed
 */
export function startCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  endsWithin?: number,
): RunningCommand {
  return start(process.execPath, [MAIN, ...args], env, endsWithin);
}

/** Runs a compiled command to its end. */
export function runCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return startCommand(args, env, ENDS_WITHIN).ended;
}

/** Starts any program. */
export function startProgram(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): RunningCommand {
  return start(file, args, env);
}

/** Runs any program to its end. */
export function runProgram(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Finished> {
  return start(file, args, env, ENDS_WITHIN).ended;
}

/** Kills the commands that a failed test left running. */
export function killCommands(): void {
  for (const child of running) child.kill('SIGKILL');
}

function start(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  endsWithin = STAYS_WITHIN,
): RunningCommand {
  const child = spawn(file, args, {
    // As npx sets it: advice then names the command `npx provider-sync`.
    env: { PATH: process.env.PATH, npm_command: 'exec', ...env },
    // A folder without a .env file.
    cwd: __dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: endsWithin,
    killSignal: 'SIGKILL',
  });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text) => {
      output[name] += text;
    });
  }
  const ended = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code, ...output });
    });
  });
  return {
    pid: child.pid ?? 0,
    ended,
    async says(pattern) {
      const deadline = Date.now() + PATIENCE;
      for (;;) {
        const over = !running.has(child) || Date.now() > deadline;
        const match = pattern.exec(output.stdout + output.stderr);
        if (match) return match;
        if (over) throw new Error(`Never said ${pattern}:\n${output.stdout}${output.stderr}`);
        await sleep(20);
      }
    },
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
