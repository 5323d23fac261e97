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

/** What has to be undone at the end, last first, whatever fails on the way. */
export class Cleanup {
  private readonly steps: { name: string; run: () => unknown }[] = [];

  constructor(private readonly log: Logger) {}

  add(name: string, run: () => unknown): void {
    this.steps.push({ name, run });
  }

  async run(): Promise<void> {
    for (const { name, run } of this.steps.splice(0).reverse()) {
      try {
        await run();
      } catch (error) {
        this.log.error({ err: error }, `Could not end: ${name}`);
      }
    }
  }
}
