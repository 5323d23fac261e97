/**
 * Our metrics of a worker. The exporter adds `_total` to a counter and `_seconds` to a histogram. Their labels have few
 * values: names of partners and receivers, endpoints, statuses and failures, never an id or a person.
 */
export const COUNTERS = {
  provider_sync_runs: 'Runs that this worker ended, by status and failure',
  provider_sync_records: 'Records of ended runs, by result',
  provider_sync_partner_calls: 'Calls that this worker made to a partner, by endpoint and outcome',
  provider_sync_webhook_attempts:
    'Messages that this worker sent to a receiver of webhooks, by outcome: delivered or failed',
} as const;

/** Buckets in seconds. */
export const HISTOGRAMS = {
  provider_sync_run_duration: {
    help: 'Time from the start of a run to its end',
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600],
  },
  provider_sync_partner_call_duration: {
    help: 'Time of a call to a partner, until the last byte was read',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120],
  },
} as const;

const WAITS = [0.1, 0.5, 1, 5, 10, 60, 300, 1800, 3600];

/** The SDK's own last buckets are smaller than what Temporal's recommended alerts look for. */
const SDK_BUCKETS = {
  workflow_task_schedule_to_start_latency: WAITS,
  activity_schedule_to_start_latency: WAITS,
  workflow_task_execution_latency: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30],
  local_activity_execution_latency: WAITS,
};

/** The buckets of all histograms whose buckets are not the SDK's. */
export const BUCKETS: Readonly<Record<string, number[]>> = {
  ...SDK_BUCKETS,
  ...Object.fromEntries(Object.entries(HISTOGRAMS).map(([name, { buckets }]) => [name, [...buckets]])),
};

export const GAUGES = {
  provider_sync_worker_info: 'The version of the worker, and its deployment and build in Temporal; always 1',
  process_resident_memory_bytes: 'Memory that the process uses',
  process_start_time_seconds: 'When the process started, in seconds since 1970',
} as const;

/** The metrics of a worker as Prometheus has them, with a description each. */
export const WORKER_METRICS: readonly (readonly [name: string, help: string])[] = [
  ...Object.entries(COUNTERS).map(([name, help]) => [`${name}_total`, help] as const),
  ...Object.entries(HISTOGRAMS).map(([name, { help }]) => [`${name}_seconds`, help] as const),
  ...Object.entries(GAUGES),
];
