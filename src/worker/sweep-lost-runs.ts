import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { Partners } from '../partner/config/partner';
import type { Webhooks } from '../partner/config/webhook';
import type { Logger } from '../process/logger';
import { Trouble } from '../process/trouble';
import { removeOldAnswers } from '../store/answers/remove-answers';
import { classifyStoreError } from '../store/postgres/store-failure';
import { abandonLostRuns } from '../store/runs/abandon-run';
import { clearStaged } from '../store/staging/clear-staged';
import { subscriptionsOf } from '../store/webhooks/subscriptions';
import type { WorkerMetrics } from '../temporal/metrics/worker-metrics';
import type { TemporalPort } from '../temporal/temporal-port';
import { createStartDeliveries } from './start-deliveries';

const INTERVAL_MS = 5_000;

interface SweepContext {
  readonly dataSource: DataSource;
  readonly temporal: TemporalPort;
  readonly partners: Partners;
  readonly webhooks: Webhooks;
  readonly log: Logger;
  readonly metrics: WorkerMetrics;
}

/** Temporal did not answer a question of the sweep. */
class UnansweredError extends Error {}

/**
 * Looks every few seconds for runs that were terminated or timed out, so that their end is recorded even if no other
 * run starts. It also removes what ended runs left staged, and the copies of answers whose time is over, starts the
 * delivery of webhooks, and keeps the search attributes registered. Several workers may do this at the same time. It
 * also logs when Postgres or Temporal is unavailable.
 */
export function sweepLostRuns(context: SweepContext): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const ping = createPing(context);
  const sweep = createSweep(context);
  const swept = (async () => {
    while (!stopping.signal.aborted) {
      await ping();
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

function createPing({ temporal, log }: SweepContext): () => Promise<void> {
  const trouble = new Trouble(
    log,
    'Temporal does not answer; this worker gets no work',
    'Temporal answers again',
  );
  return () =>
    temporal.ping().then(
      () => {
        trouble.over();
        return temporal.keepSearchable();
      },
      (error: Error) => trouble.occurred(error.message),
    );
}

function createSweep({
  dataSource,
  temporal,
  partners,
  webhooks,
  log,
  metrics,
}: SweepContext): () => Promise<void> {
  const trouble = new Trouble(log, 'Postgres cannot be used; runs wait for it', 'Postgres can be used again');
  const notKept = [...partners.values()]
    .filter(({ keepAnswers }) => keepAnswers === 0)
    .map(({ name }) => name);
  const isStillRunning = (workflowId: string) =>
    temporal.isStillRunning(workflowId).catch((cause) => {
      throw new UnansweredError('Temporal did not answer', { cause });
    });
  const subscriptions = subscriptionsOf(webhooks);
  const startDelivery = (receiver: string) =>
    temporal.startDelivery(receiver).catch((cause) => {
      throw new UnansweredError('Temporal did not answer', { cause });
    });
  const startDeliveries = createStartDeliveries({ dataSource, partners, webhooks, startDelivery });
  const abandon = () => abandonLostRuns(dataSource, isStillRunning, metrics.runEnded, subscriptions);
  return async () => {
    try {
      for (const { id, workflowId } of await abandon()) {
        log.warn({ run: id, workflowId }, 'Run abandoned: Temporal no longer runs it');
      }
      await clearStaged(dataSource);
      await removeOldAnswers(dataSource, notKept);
      await startDeliveries();
      trouble.over();
    } catch (error) {
      // The ping logs it.
      if (error instanceof UnansweredError) return;
      trouble.occurred(classifyStoreError(error)?.message ?? (error as Error).message);
    }
  };
}
