import { type RunningCommand, startCommand } from '../../support/command';

/** Longer than any soak. */
const ENDS_WITHIN_MS = 24 * 3_600_000;
/** A worker that has not stopped this long after the request counts as stuck. */
const STOPS_WITHIN_MS = 60_000;
const START_TRIES = 20;

/** A slot that always has a worker: a new one starts when the last has ended. The logs are kept. */
export class WorkerSlot {
  /** The number of workers that ended unexpectedly. */
  crashes = 0;
  /** The number of workers that did not stop when requested. */
  refusals = 0;
  private readonly logs: string[] = [];
  private worker: RunningCommand | undefined;

  constructor(
    readonly name: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Null while no worker is running. */
  get pid(): number | null {
    return this.worker?.pid ?? null;
  }

  /** The logs of its workers; complete after they have ended. */
  get log(): string {
    return this.logs.join('');
  }

  /** Starts a worker, repeatedly if necessary: it ends at once if Temporal is unavailable. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const worker = startCommand(['worker'], this.env, ENDS_WITHIN_MS);
      const logged = worker.ended.then(({ stderr }) => this.logs.push(stderr));
      try {
        await worker.says(/Worker ready/);
      } catch (error) {
        await worker.end('SIGKILL');
        await logged;
        if (attempt === START_TRIES) throw error;
        continue;
      }
      this.worker = worker;
      void logged.then(() => this.replaceCrashed(worker));
      return;
    }
  }

  /** Kills the worker with SIGKILL and starts a new one. */
  async kill(): Promise<void> {
    await this.take()?.end('SIGKILL');
    await this.start();
  }

  /** Starts a new worker first, then stops the old one with SIGTERM, as in a rolling update. */
  async roll(): Promise<void> {
    const old = this.take();
    await this.start();
    if (old) await this.end(old);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.worker) process.kill(this.worker.pid, signal);
  }

  async stop(): Promise<void> {
    const worker = this.take();
    if (worker) await this.end(worker);
  }

  private take(): RunningCommand | undefined {
    const { worker } = this;
    this.worker = undefined;
    return worker;
  }

  private async end(worker: RunningCommand): Promise<void> {
    const patience = setTimeout(() => {
      this.refusals += 1;
      process.kill(worker.pid, 'SIGKILL');
    }, STOPS_WITHIN_MS);
    await worker.end('SIGTERM');
    clearTimeout(patience);
  }

  private async replaceCrashed(worker: RunningCommand): Promise<void> {
    if (worker !== this.worker) return;
    this.crashes += 1;
    this.worker = undefined;
    await this.start();
  }
}
