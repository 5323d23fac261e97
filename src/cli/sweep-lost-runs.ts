import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { RunHolder } from '../contract/sync';
import type { Logger } from '../process/logger';
import { abandonLostRuns } from '../store/abandon-lost-runs';
import { classifyStoreError } from '../store/store-failure';

const INTERVAL_MS = 5_000;

/**
 * Looks now and then for runs that were terminated or timed out, so that their end is recorded though nobody
 * starts another one. Any number of workers may do so at once.
 */
export function sweepLostRuns(
  dataSource: DataSource,
  isStillRunning: (run: RunHolder) => Promise<boolean>,
  log: Logger,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const sweep = async () => {
    try {
      for (const { id, workflowId } of await abandonLostRuns(dataSource, isStillRunning)) {
        log.warn({ run: id, workflowId }, 'Run abandoned: Temporal no longer runs it');
      }
    } catch (error) {
      const reason = classifyStoreError(error)?.message ?? (error as Error).message;
      log.debug({ reason }, 'Lost runs could not be looked for; the next look will come');
    }
  };
  const swept = (async () => {
    while (!stopping.signal.aborted) {
      await sweep();
      await sleep(INTERVAL_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop() {
      stopping.abort();
      return swept;
    },
  };
}
