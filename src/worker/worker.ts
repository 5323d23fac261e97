import { makeTelemetryFilterString, type NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Activities } from '../contract/activities';
import { stopTimes, TIMEOUTS } from '../contract/timeouts';
import type { TemporalConfig, WorkerConfig } from '../process/config';
import type { Logger } from '../process/logger';
import { createSdkLogger } from '../temporal/connection/sdk-logger';
import { createDataConverter } from '../temporal/payloads/data-converter';
import { workerBounds } from './worker-bounds';
import { WORKFLOW_BUNDLE_PATH } from './workflow-bundle';

/** Sends the SDK's logs to ours and leaves the signals to us. Once a process, before the first connection. */
export function installTemporalRuntime(log: Logger): void {
  Runtime.install({
    logger: createSdkLogger(log.child({ component: 'temporal' })),
    shutdownSignals: [],
    workerHeartbeatInterval: TIMEOUTS.workerHeartbeat,
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
    },
  });
}

/**
 * A worker for the task queue, with the workflows as bundled at build time. It runs from `run()` to `shutdown()`.
 *
 * @param longestDeadline of all partners, in milliseconds: that long a request in flight may go on
 */
export function createWorker(
  config: TemporalConfig,
  { maxConcurrentSyncs, version }: WorkerConfig,
  connection: NativeConnection,
  activities: Activities,
  longestDeadline: number,
): Promise<Worker> {
  const { grace, force } = stopTimes(longestDeadline);
  return Worker.create({
    connection,
    namespace: config.namespace,
    taskQueue: config.taskQueue,
    workflowBundle: { codePath: WORKFLOW_BUNDLE_PATH },
    activities: { ...activities },
    dataConverter: createDataConverter(config.payloadKeys),
    maxHeartbeatThrottleInterval: TIMEOUTS.heartbeatThrottle,
    // A request in flight may end before the worker does.
    shutdownGraceTime: grace,
    // What then still works, such as a statement in Postgres, is cut off; another worker repeats it.
    shutdownForceTime: force,
    ...workerBounds(maxConcurrentSyncs).options,
    // Pinned: a run ends on the version it began on, so that no change of the workflow can break it.
    ...(version && {
      workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' },
    }),
  });
}
