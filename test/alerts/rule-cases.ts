/** How an alert is tested with promtool: series with a value a minute, in promtool's notation. */
export interface RuleCase {
  readonly series: Readonly<Record<string, string>>;
  /** Minutes after which the alert fires; a minute before its `for` is over, it is silent. */
  readonly silentAt: number;
  readonly firesAt: number;
  /** The labels of the alert, without its name and severity. */
  readonly labels?: Readonly<Record<string, string>>;
}

const noteworth = { partner: 'noteworth' };
const queue = { namespace: 'default', task_queue: 'provider-sync' };
const labelsOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');

/** The worker that the counters are from. Prometheus reads it all the time. */
export const WORKER = { job: 'provider-sync-worker', instance: 'b' };

/** A gauge that turns bad in minute 10. */
const turns = (name: string, good: number, bad: number) => ({ [name]: `${good}x9 ${bad}x30` });
/** A finding that is there from minute 10 on. */
const finding = (code: string, partner = '') => ({
  [`provider_sync_finding{code="${code}",severity="failing",partner="${partner}"}`]: '_x10 1x90',
});
/** A counter whose first event comes in minute 10. */
const once = (name: string, labels: Readonly<Record<string, string>>) => ({
  [`${name}{${labelsOf({ ...labels, ...WORKER })}}`]: '_x10 1x30',
});
/** A counter that counts up from minute 10 on, by this much a minute. */
const often = (name: string, labels: Readonly<Record<string, string>>, perMinute = 1) => ({
  [`${name}{${labelsOf({ ...labels, ...WORKER })}}`]: `_x10 1+${perMinute}x30`,
});
/** A histogram all of whose values, one a minute, are in the last finite bucket, which ends at this number of seconds. */
const slow = (name: string, labels: Readonly<Record<string, string>>, seconds: number) => ({
  [`${name}_bucket{le="0.1",${labelsOf(labels)}}`]: '0x40',
  [`${name}_bucket{le="${seconds}",${labelsOf(labels)}}`]: '0x9 0+60x30',
  [`${name}_bucket{le="+Inf",${labelsOf(labels)}}`]: '0x9 0+60x30',
});
const requests = (operation: string, status_code: string, type = 'request') => ({
  series: often(`temporal_${type}_failure_total`, { namespace: 'default', operation, status_code }),
  labels: { namespace: 'default', operation },
});
const failedTask = (failure_reason: string) => ({
  series: once('temporal_workflow_task_execution_failed_total', {
    ...queue,
    workflow_type: 'syncProviders',
    failure_reason,
  }),
  silentAt: 10,
  firesAt: 12,
  labels: { ...queue, workflow_type: 'syncProviders' },
});

const records = (result: string, values: string) => ({
  [`provider_sync_records_total{partner="noteworth",result="${result}",instance="a"}`]: values,
});

/** One case for each alert. */
export const RULE_CASES: Readonly<Record<string, RuleCase>> = {
  DirectoryNotFresh: {
    series: turns('provider_sync_fresh{partner="noteworth"}', 1, 0),
    silentAt: 14,
    firesAt: 16,
    labels: noteworth,
  },
  PartnerFailing: {
    series: turns('provider_sync_runs_failed_in_a_row{partner="noteworth"}', 2, 3),
    silentAt: 10,
    firesAt: 12,
    labels: noteworth,
  },
  ManyRecordsRejected: {
    series: { ...records('new', '0x9 90x30'), ...records('rejected', '0x9 20x30') },
    silentAt: 10,
    firesAt: 12,
    labels: noteworth,
  },
  SnapshotAwaitsApproval: {
    series: turns('provider_sync_runs_awaiting_approval{partner="noteworth"}', 0, 1),
    silentAt: 10,
    firesAt: 12,
    labels: noteworth,
  },
  RunWaiting: { series: turns('provider_sync_runs_waiting', 0, 1), silentAt: 14, firesAt: 16 },
  ScheduleOverdue: {
    series: finding('schedule-overdue', 'noteworth'),
    silentAt: 10,
    firesAt: 12,
    labels: noteworth,
  },
  ScheduleNotApplied: {
    series: finding('schedule-missing', 'noteworth'),
    silentAt: 24,
    firesAt: 26,
    labels: { code: 'schedule-missing', ...noteworth },
  },
  OldHistoryNotRemoved: {
    series: finding('pruning-paused'),
    silentAt: 69,
    firesAt: 71,
    labels: { code: 'pruning-paused' },
  },
  WebhookReceiverFailing: {
    series: turns('provider_sync_webhook_receiver_failing{receiver="pager"}', 0, 1),
    silentAt: 24,
    firesAt: 26,
    labels: { receiver: 'pager' },
  },
  WebhooksWaiting: {
    series: {
      'provider_sync_webhook_due_seconds{receiver="pager"}': '0x9 901+60x30',
      'provider_sync_webhook_receiver_failing{receiver="pager"}': '1x40',
      // A worker tries until minute 12, in the order of the partners, and the receiver is silent.
      [`provider_sync_webhook_attempts_total{receiver="pager",outcome="failed",${labelsOf(WORKER)}}`]:
        '0+4x12 48x28',
    },
    silentAt: 24,
    firesAt: 28,
    labels: { receiver: 'pager' },
  },
  WebhooksGivenUp: {
    series: turns('provider_sync_webhook_messages_given_up{receiver="pager"}', 0, 2),
    silentAt: 10,
    firesAt: 12,
    labels: { receiver: 'pager' },
  },
  WorkerMissing: {
    series: turns('up{job="provider-sync-worker",instance="a"}', 1, 0),
    silentAt: 11,
    firesAt: 13,
    labels: { job: 'provider-sync-worker', instance: 'a' },
  },
  NoWorkerPolls: { series: turns('provider_sync_workers_polling', 1, 0), silentAt: 10, firesAt: 12 },
  ApiMissing: {
    series: turns('up{job="provider-sync-api",instance="a"}', 1, 0),
    silentAt: 11,
    firesAt: 13,
    labels: { job: 'provider-sync-api', instance: 'a' },
  },
  PostgresUnavailable: { series: turns('provider_sync_store_up', 1, 0), silentAt: 10, firesAt: 12 },
  TemporalUnavailable: { series: finding('temporal-unreachable'), silentAt: 10, firesAt: 12 },
  HealthFailing: {
    series: turns('provider_sync_health{status="failing"}', 0, 1),
    silentAt: 24,
    firesAt: 26,
  },
  TemporalTaskNotFound: {
    ...requests('RespondActivityTaskCompleted', 'NOT_FOUND'),
    silentAt: 14,
    firesAt: 16,
  },
  TemporalHeartbeatNotFound: {
    ...requests('RecordActivityTaskHeartbeat', 'NOT_FOUND'),
    silentAt: 14,
    firesAt: 16,
    labels: { namespace: 'default' },
  },
  TemporalStartsThrottled: {
    ...requests('StartWorkflowExecution', 'RESOURCE_EXHAUSTED'),
    silentAt: 10,
    firesAt: 12,
  },
  TemporalResponsesThrottled: {
    ...requests('RespondWorkflowTaskCompleted', 'RESOURCE_EXHAUSTED'),
    silentAt: 14,
    firesAt: 16,
  },
  TemporalPollsThrottled: {
    ...requests('PollActivityTaskQueue', 'RESOURCE_EXHAUSTED', 'long_request'),
    silentAt: 14,
    firesAt: 16,
  },
  TemporalUnimplemented: { ...requests('ListWorkers', 'UNIMPLEMENTED'), silentAt: 11, firesAt: 13 },
  TemporalInternalErrors: {
    ...requests('RespondActivityTaskCompleted', 'INTERNAL'),
    silentAt: 11,
    firesAt: 13,
  },
  TemporalRequestsSlow: {
    series: slow(
      'temporal_request_latency_seconds',
      { namespace: 'default', operation: 'StartWorkflowExecution' },
      10,
    ),
    silentAt: 14,
    firesAt: 18,
    labels: { namespace: 'default', operation: 'StartWorkflowExecution' },
  },
  TemporalSlotsExhausted: {
    series: turns(
      'temporal_worker_task_slots_available{namespace="default",instance="a",worker_type="ActivityWorker"}',
      3,
      0,
    ),
    silentAt: 11,
    firesAt: 13,
    labels: { namespace: 'default', instance: 'a', worker_type: 'ActivityWorker' },
  },
  TemporalPollersGone: {
    series: turns('temporal_num_pollers{namespace="default",instance="a",poller_type="activity_task"}', 2, 0),
    silentAt: 14,
    firesAt: 16,
    labels: { namespace: 'default', instance: 'a', poller_type: 'activity_task' },
  },
  TemporalCompletionsStopped: {
    series: {
      'temporal_request_total{namespace="default",operation="RespondActivityTaskCompleted"}': '0+5x9 45x30',
      ...turns('provider_sync_runs_waiting', 0, 1),
    },
    silentAt: 15,
    firesAt: 22,
    labels: { namespace: 'default' },
  },
  TemporalWorkflowTasksLate: {
    series: slow('temporal_workflow_task_schedule_to_start_latency_seconds', queue, 60),
    silentAt: 14,
    firesAt: 18,
    labels: queue,
  },
  TemporalWorkflowTasksVeryLate: {
    series: slow('temporal_workflow_task_schedule_to_start_latency_seconds', queue, 3600),
    silentAt: 14,
    firesAt: 18,
    labels: queue,
  },
  TemporalActivitiesVeryLate: {
    series: slow('temporal_activity_schedule_to_start_latency_seconds', queue, 3600),
    silentAt: 14,
    firesAt: 18,
    labels: queue,
  },
  TemporalCacheEmpty: {
    series: {
      ...turns('temporal_sticky_cache_size{namespace="default",instance="a"}', 5, 0),
      'temporal_request_total{instance="a",operation="RespondWorkflowTaskCompleted"}': '0+120x40',
    },
    silentAt: 24,
    firesAt: 26,
    labels: { namespace: 'default', instance: 'a' },
  },
  TemporalNonDeterminism: failedTask('NonDeterminismError'),
  TemporalMessageTooLarge: failedTask('GrpcMessageTooLarge'),
  TemporalWorkflowTasksFailing: {
    series: often(
      'temporal_workflow_task_execution_failed_total',
      { ...queue, workflow_type: 'syncProviders', failure_reason: 'WorkflowError' },
      6_000,
    ),
    silentAt: 11,
    firesAt: 14,
    labels: { ...queue, workflow_type: 'syncProviders' },
  },
  TemporalWorkflowTasksSlow: {
    series: slow(
      'temporal_workflow_task_execution_latency_seconds',
      { ...queue, workflow_type: 'syncProviders' },
      30,
    ),
    silentAt: 14,
    firesAt: 18,
    labels: { ...queue, workflow_type: 'syncProviders' },
  },
  TemporalActivitiesFailing: {
    series: often(
      'temporal_activity_execution_failed_total',
      { ...queue, activity_type: 'fetchProviders' },
      6_000,
    ),
    silentAt: 11,
    firesAt: 14,
    labels: { ...queue, activity_type: 'fetchProviders' },
  },
  TemporalLocalActivitiesSlow: {
    series: slow(
      'temporal_local_activity_execution_latency_seconds',
      { ...queue, activity_type: 'openRun' },
      60,
    ),
    silentAt: 14,
    firesAt: 18,
    labels: { ...queue, activity_type: 'openRun' },
  },
};
