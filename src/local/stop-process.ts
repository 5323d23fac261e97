import { setTimeout as sleep } from 'node:timers/promises';
import { ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import { readProcess } from './process-info';

/** A signal, and how long the process may take over it before the next one follows. */
export interface StopStep {
  readonly signal: NodeJS.Signals;
  readonly graceMs: number;
}

/** Ends a process, politely first, and returns once it is gone; returns at once if it is gone already. */
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
  /** What it is, for the log. */
  readonly name: string;
  /** Read from a pid file, and therefore perhaps somebody else's by now. */
  readonly pid: number;
  /** The part of a command line that only the orphan can have. */
  readonly mark: string;
  /** The part that makes a process suspicious: the same program, at work who knows where. */
  readonly program: string;
  readonly steps: readonly StopStep[];
  readonly log: Logger;
}

/**
 * Stops a server that a killed process of ours left behind. A foreign process is left alone; one that runs
 * the same program elsewhere is left alone too, but ends in an error, since two servers on the same files
 * would ruin them.
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
      `Process ${pid} may be a ${name} at work on the same files under another path: end it (kill ${pid}) and start again.`,
    );
  }
}
