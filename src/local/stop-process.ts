import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import { readProcess } from './process-info';

/** A signal, and the time that the process has before the next signal. */
export interface StopStep {
  readonly signal: NodeJS.Signals;
  readonly graceMs: number;
}

/** Ends a process with one signal after another, and returns when it has ended. */
export async function stopProcess(pid: number, steps: readonly StopStep[]): Promise<void> {
  const target = await readProcess(pid);
  if (!target) return;
  for (const { signal, graceMs } of steps) {
    send(pid, signal);
    const deadline = Date.now() + graceMs;
    while (Date.now() < deadline) {
      if ((await readProcess(pid))?.startedAt !== target.startedAt) return;
      await sleep(25);
    }
  }
  throw new ExpectedError(`Process ${pid} cannot be ended: end it yourself (kill -9 ${pid}) and try again.`);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

interface Orphan {
  /** The name in messages. */
  readonly name: string;
  /** Read from a pid file, so another process may have this pid now. */
  readonly pid: number;
  /** A part of the command line that only the orphan has. */
  readonly mark: string;
  /** A part of the command line that any process of the same program has. */
  readonly program: string;
  readonly steps: readonly StopStep[];
  readonly log: Logger;
}

/**
 * Stops a server that an earlier, killed process left running. Another process is left alone. If it runs the same
 * program, this fails, because two servers on the same files would damage them.
 */
export async function stopOrphan(orphan: Orphan): Promise<void> {
  const { name, pid, log } = orphan;
  const found = await readProcess(pid);
  if (!found) return;
  if (found.command.includes(orphan.mark)) {
    log.warn({ orphan: pid }, `Stopping the ${name} that an earlier process left behind`);
    await stopProcess(pid, orphan.steps);
  } else if (found.command.includes(orphan.program)) {
    throw new ExpectedError(
      `Process ${pid} may be a ${name} that uses the same files under another path: end it (kill ${pid}) and start again.`,
    );
  }
}
