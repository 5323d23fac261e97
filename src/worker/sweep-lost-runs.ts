import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { RunHolder } from '../contract/run';
import type { Logger } from '../process/logger';
import { Trouble } from '../process/trouble';
import { classifyStoreError } from '../store/postgres/store-failure';
import { abandonLostRuns } from '../store/runs/abandon-lost-runs';

const INTERVAL_MS = 5_000;

/** What the sweep asks of Temporal. */
export interface AskTemporal {
  readonly isStillRunning: (run: RunHolder) => Promise<boolean>;
  /** @throws where Temporal does not answer */
  readonly ping: () => Promise<unknown>;
}

/** Temporal did not answer a question of the sweep. */
class UnansweredError extends Error {}

/**
 * Looks every few seconds for runs that were terminated or timed out, so that their end is recorded even if no other
 * run starts. Any number of workers may do so at once. The log says when Postgres or Temporal keeps this worker from
 * its work.
 */
export function sweepLostRuns(
  dataSource: DataSource,
  { isStillRunning, ping }: AskTemporal,
  log: Logger,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const store = new Trouble(log, 'Postgres cannot be used; runs wait for it', 'Postgres can be used again');
  const temporal = new Trouble(
    log,
    'Temporal does not answer; this worker gets no work',
    'Temporal answers again',
  );
  const sweep = async () => {
    await ping().then(
      () => temporal.over(),
      (error: Error) => temporal.occurred(error.message),
    );
    const ask = (run: RunHolder) =>
      isStillRunning(run).catch((cause) => {
        throw new UnansweredError('Temporal did not answer', { cause });
      });
    try {
      for (const { id, workflowId } of await abandonLostRuns(dataSource, ask)) {
        log.warn({ run: id, workflowId }, 'Run abandoned: Temporal no longer runs it');
      }
      store.over();
    } catch (error) {
      // The ping said so, or the next one will.
      if (error instanceof UnansweredError) return;
      store.occurred(classifyStoreError(error)?.message ?? (error as Error).message);
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
