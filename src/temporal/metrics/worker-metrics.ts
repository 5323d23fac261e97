import type { MetricMeter, MetricTags } from '@temporalio/common';
import { ENDPOINTS, type PartnerCall } from '../../contract/call';
import type { SyncCounts } from '../../contract/run';
import type { RunEnd } from '../../store/runs/run-end';
import { COUNTERS, HISTOGRAMS } from './metric-definitions';

/** What a worker counts. Each method is a function of its own and can be passed on. */
export interface WorkerMetrics {
  /** Counts a run that this worker has ended, and its records. */
  readonly runEnded: (end: RunEnd) => void;
  /** Counts a call that this worker made to a partner. */
  readonly callEnded: (partner: string, call: PartnerCall) => void;
  /** Counts a message that this worker sent to a receiver of webhooks. */
  readonly webhookSent: (receiver: string, isDelivered: boolean) => void;
}

/** The results that a record of an answer can have. */
const RESULTS = {
  inserted: 'new',
  updated: 'changed',
  unchanged: 'unchanged',
  departed: 'left',
  duplicates: 'duplicate',
  rejected: 'rejected',
} as const satisfies { [count in keyof Omit<SyncCounts, 'received'>]: string };
const RECORD_RESULTS = Object.entries(RESULTS) as [keyof typeof RESULTS, string][];
/** Of an attempt to deliver a message. */
const ATTEMPT_OUTCOMES = ['delivered', 'failed'] as const;

/**
 * Counts on the SDK's meter, so that one address of a worker has Temporal's metrics and ours. A run is counted where its
 * end was committed, and a call where it was made: a step that is executed again counts nothing twice.
 *
 * @param partners the names of the partners. Their main series begin at 0, so that the first increase is seen
 * @param receivers the names of the receivers of webhooks, likewise
 */
export function createWorkerMetrics(
  meter: MetricMeter,
  partners: Iterable<string>,
  receivers: Iterable<string>,
): WorkerMetrics {
  const counter = (name: keyof typeof COUNTERS) => meter.createCounter(name, undefined, COUNTERS[name]);
  const histogram = (name: keyof typeof HISTOGRAMS) =>
    meter.createHistogram(name, 'float', 'seconds', HISTOGRAMS[name].help);
  const runs = counter('provider_sync_runs');
  const records = counter('provider_sync_records');
  const calls = counter('provider_sync_partner_calls');
  const attempts = counter('provider_sync_webhook_attempts');
  const runTime = histogram('provider_sync_run_duration');
  const callTime = histogram('provider_sync_partner_call_duration');
  for (const partner of partners) {
    for (const status of ['succeeded', 'skipped']) runs.add(0, { partner, status, failure: '' });
    for (const [, result] of RECORD_RESULTS) records.add(0, { partner, result });
    for (const endpoint of ENDPOINTS) calls.add(0, { partner, endpoint, outcome: 'ok' });
  }
  for (const receiver of receivers) {
    for (const outcome of ATTEMPT_OUTCOMES) attempts.add(0, { receiver, outcome });
  }
  return {
    runEnded({ partner: name, status, failure, seconds, counts }) {
      const partner = name ?? '';
      runs.add(1, { partner, status, failure: failure ?? '' });
      if (seconds !== null) runTime.record(seconds, { partner, status });
      for (const [count, result] of RECORD_RESULTS) {
        const number = counts?.[count] ?? 0;
        if (number > 0) records.add(number, { partner, result });
      }
    },
    callEnded(partner, { endpoint, outcome, tookMs }) {
      const tags: MetricTags = { partner, endpoint, outcome };
      calls.add(1, tags);
      if (tookMs !== null) callTime.record(tookMs / 1000, tags);
    },
    webhookSent(receiver, isDelivered) {
      attempts.add(1, { receiver, outcome: ATTEMPT_OUTCOMES[isDelivered ? 0 : 1] });
    },
  };
}
