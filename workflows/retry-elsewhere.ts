import { patched, sleep } from '@temporalio/workflow';

const SECOND = 1_000;

/**
 * Milliseconds between the tries, two minutes in total. A rolling restart may take this long until most workers have
 * the new partners.yaml.
 */
const DELAYS = [1, 2, 4, 8, 15, 30, 30, 30].map((seconds) => seconds * SECOND);

/** The position of a try. */
export interface Try {
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/**
 * Repeats a step while the worker that took it does not know the partner, or has another entry for it. Each try is a
 * separate step, which any worker can take.
 *
 * @param isForAnotherWorker whether the step failed for that reason
 * @param onWait called before each wait
 */
export async function retryElsewhere<T>(
  step: (attempt: Try) => Promise<T>,
  isForAnotherWorker: (error: unknown) => boolean,
  onWait: () => void,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    const delay = DELAYS[tries];
    try {
      return await step({ isFirst: tries === 0, isLast: delay === undefined });
    } catch (error) {
      // Runs of version 0.1.0 ended here.
      if (delay === undefined || !isForAnotherWorker(error) || !patched('wait-for-partner')) throw error;
      onWait();
      await sleep(delay);
    }
  }
}
