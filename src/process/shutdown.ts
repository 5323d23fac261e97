import type { Logger } from './logger';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves with the first signal that asks the process to stop; later ones are answered with a word of patience. */
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

/** What has to be released at the end, last first, whatever fails on the way. */
export class Cleanup {
  private readonly steps: { name: string; run: () => unknown }[] = [];
  private begun = false;

  constructor(private readonly log: Logger) {}

  add(name: string, run: () => unknown): void {
    this.steps.push({ name, run });
  }

  /**
   * Acquires something that is released at the end, also where the end comes while it is still being acquired.
   *
   * @throws Error where the end has begun, so that a start-up goes no further; and what `acquire` throws
   */
  async acquire<T>(
    name: string,
    acquire: () => T | Promise<T>,
    release: (acquired: T) => unknown,
  ): Promise<T> {
    if (this.begun) throw new Error(`Stopped before acquiring ${name}`);
    const acquired = Promise.resolve().then(acquire);
    // Where acquiring fails there is nothing to release, and the caller is told of it.
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
