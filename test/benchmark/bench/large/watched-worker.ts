import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { MAIN } from '../../../support/command';
import type { ProbeReport } from './worker-probe';

const HEAP_MB = 256;
const PROBE = join(__dirname, 'worker-probe.js');

/** A worker as a process of its own, with a small heap, that reports its memory and its event loop. */
export class WatchedWorker {
  private readonly child: ChildProcess;
  /** Rejects if the worker ends before it is stopped. */
  readonly lost: Promise<never>;
  private isStopped = false;

  constructor(env: NodeJS.ProcessEnv) {
    const args = [`--max-old-space-size=${HEAP_MB}`, '--require', PROBE, MAIN, 'worker'];
    this.child = spawn(process.execPath, args, {
      // MALLOC_ARENA_MAX as in the image.
      env: { PATH: process.env.PATH, LOG_LEVEL: 'error', MALLOC_ARENA_MAX: '2', ...env },
      cwd: __dirname,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.lost = once(this.child, 'exit').then(([code, signal]) => {
      if (this.isStopped) return new Promise(() => undefined);
      throw new Error(`The worker ended with ${code ?? signal}`);
    });
    this.lost.catch(() => undefined);
  }

  /** What it has measured since the last call. */
  async report(): Promise<ProbeReport> {
    const answer = once(this.child, 'message');
    this.child.send('report');
    const [report] = (await Promise.race([answer, this.lost])) as [ProbeReport];
    return report;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}
