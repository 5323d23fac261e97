import type { Logger } from './logger';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves with the first signal that asks the process to stop. Later signals only write a line to the log. */
export function shutdownRequested(log: Logger): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (asked) log.warn('Still stopping; one moment');
        else log.info({ signal }, 'Stopping');
        asked = true;
        resolve(signal);
      });
    }
  });
}

/** Runs a service until it ends or a signal asks the process to stop; then releases what it acquired. */
export async function runUntilStopped(
  log: Logger,
  service: (cleanup: Cleanup, stop: Promise<unknown>) => Promise<void>,
): Promise<void> {
  const cleanup = new Cleanup(log);
  const stop = shutdownRequested(log);
  try {
    await Promise.race([service(cleanup, stop), stop]);
  } finally {
    await cleanup.run();
  }
}

/** Releases resources at the end, the last one first, even if one release fails. */
export class Cleanup {
  private readonly steps: { name: string; run: () => unknown }[] = [];
  private begun = false;

  constructor(private readonly log: Logger) {}

  add(name: string, run: () => unknown): void {
    this.steps.push({ name, run });
  }

  /**
   * Acquires a resource that is released at the end, also if the end comes while it is being acquired.
   *
   * @throws Error if the end has begun, so that the start-up stops; and any error of `acquire`
   */
  async acquire<T>(
    name: string,
    acquire: () => T | Promise<T>,
    release: (acquired: T) => unknown,
  ): Promise<T> {
    if (this.begun) throw new Error(`Stopped before acquiring ${name}`);
    const acquired = Promise.resolve().then(acquire);
    // If acquiring fails, there is nothing to release, and the caller gets the error.
    this.add(name, () => acquired.then(release, () => undefined));
    return acquired;
  }

  async run(): Promise<void> {
    this.begun = true;
    for (const { name, run } of this.steps.splice(0).reverse()) {
      try {
        await run();
      } catch (error) {
        this.log.error({ err: error }, `Could not end: ${name}`);
      }
    }
  }
}
