import { makeTelemetryFilterString, type NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Activities } from '../contract/sync';
import type { TemporalConfig } from '../process/config';
import type { Logger } from '../process/logger';
import { createDataConverter } from './data-converter';
import { createSdkLogger } from './sdk-logger';
import { WORKFLOW_BUNDLE_PATH } from './workflow-bundle';

/** Activities send what they report at most this often, so that a cancelled call ends within a second. */
const HEARTBEAT_THROTTLE_MS = 500;
/** Beyond the partner's deadline: checking the answer and reporting it. */
const GRACE_MS = 5_000;
const FORCE_MS = 10_000;

/** Sends the SDK's logs to ours and leaves the signals to us. Once a process, before the first connection. */
export function installTemporalRuntime(log: Logger): void {
  Runtime.install({
    logger: createSdkLogger(log.child({ component: 'temporal' })),
    shutdownSignals: [],
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
  connection: NativeConnection,
  activities: Activities,
  longestDeadline: number,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: config.namespace,
    taskQueue: config.taskQueue,
    workflowBundle: { codePath: WORKFLOW_BUNDLE_PATH },
    activities: { ...activities },
    dataConverter: createDataConverter(config.payloadKeys),
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
    // A request in flight may end before the worker does.
    shutdownGraceTime: longestDeadline + GRACE_MS,
    // What then still works, such as a statement in Postgres, is cut off; another worker repeats it.
    shutdownForceTime: longestDeadline + GRACE_MS + FORCE_MS,
  });
}
