import {
  makeTelemetryFilterString,
  type NativeConnection,
  Runtime,
  type RuntimeOptions,
  Worker,
} from '@temporalio/worker';
import type { createActivities } from '../../activities';
import { stopTimes, TIMEOUTS } from '../contract/timeouts';
import type { TemporalConfig, WorkerConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import type { Logger } from '../process/logger';
import { createSdkLogger } from '../temporal/connection/sdk-logger';
import { BUCKETS } from '../temporal/metrics/metric-definitions';
import { createDataConverter } from '../temporal/payloads/data-converter';
import { temporalTracing } from '../temporal/tracing/tracing';
import { VERSION_PLUGIN } from '../temporal/workers/version-plugin';
import { limitWorkflowHeap } from './limit-workflow-heap';
import { workerBounds } from './worker-bounds';
import { TRACED_BUNDLE_PATH, WORKFLOW_BUNDLE_PATH } from './workflow-bundle';

/** Metrics have their units in their names, as Prometheus recommends. Durations are in seconds. */
const METRICS_FORM = {
  countersTotalSuffix: true,
  unitSuffix: true,
  useSecondsForDurations: true,
  histogramBucketOverrides: BUCKETS,
};

/**
 * Sends the SDK's log to ours and handles no signals. Call it once in a process, before the first connection.
 *
 * @param metricsAddress where Prometheus can read the metrics of the SDK and ours; none by default
 * @throws ExpectedError if that address cannot be listened on
 */
export function installTemporalRuntime(log: Logger, metricsAddress: string | null = null): void {
  const metrics = metricsAddress !== null && {
    metrics: { attachServiceName: false, prometheus: { bindAddress: metricsAddress, ...METRICS_FORM } },
  };
  install({
    logger: createSdkLogger(log.child({ component: 'temporal' })),
    shutdownSignals: [],
    workerHeartbeatInterval: TIMEOUTS.workerHeartbeat,
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      ...metrics,
    },
  });
}

function install(options: RuntimeOptions): void {
  try {
    Runtime.install(options);
  } catch (error) {
    const reason = /prometheus metrics exporter: (.*)/.exec((error as Error).message)?.[1];
    if (reason === undefined) throw error;
    const message = `The worker cannot serve its metrics (${reason}): free the port, or set WORKER_METRICS_HOST and WORKER_METRICS_PORT.`;
    throw new ExpectedError(message, EXIT.usage, { cause: error });
  }
}

/**
 * A worker for the task queue, with the workflows that were bundled at build time.
 *
 * @param longestDeadline the longest deadline of all partners in milliseconds, for requests in flight at a shutdown
 */
export function createWorker(
  config: TemporalConfig,
  { maxConcurrentSyncs, version }: WorkerConfig,
  connection: NativeConnection,
  activities: ReturnType<typeof createActivities>,
  longestDeadline: number,
): Promise<Worker> {
  const { grace, force } = stopTimes(longestDeadline);
  limitWorkflowHeap();
  const tracing = temporalTracing();
  return Worker.create({
    connection,
    namespace: config.namespace,
    taskQueue: config.taskQueue,
    workflowBundle: { codePath: tracing ? TRACED_BUNDLE_PATH : WORKFLOW_BUNDLE_PATH },
    ...(tracing && { interceptors: { activity: [tracing.activity] }, sinks: tracing.sinks }),
    activities: { ...activities },
    plugins: [VERSION_PLUGIN],
    dataConverter: createDataConverter(config.payloadKeys),
    maxHeartbeatThrottleInterval: TIMEOUTS.heartbeatThrottle,
    // Requests in flight can end before the worker stops.
    shutdownGraceTime: grace,
    // Then other work, such as a statement in Postgres, is aborted. Another worker repeats it.
    shutdownForceTime: force,
    ...workerBounds(maxConcurrentSyncs).options,
    // Pinned: a run ends on the version on which it began, so that no change of the workflow can break it.
    ...(version && {
      workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' },
    }),
  });
}
