import { makeTelemetryFilterString, type NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { type ActivityDependencies, createActivities } from '../../activities';
import type { TemporalConfig } from '../process/config';
import type { Logger } from '../process/logger';
import { createDataConverter } from './data-converter';
import { createSdkLogger } from './sdk-logger';
import { WORKFLOW_BUNDLE_PATH } from './workflow-bundle';

/** Activities send what they report at most this often, so that a cancelled call ends within a second. */
const HEARTBEAT_THROTTLE_MS = 500;
/** Beyond the partner's deadline: checking the answer and reporting it. */
const GRACE_MS = 5_000;

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

/** A worker for the task queue, with the workflows as bundled at build time. It runs from `run()` to `shutdown()`. */
export function createWorker(
  config: TemporalConfig,
  connection: NativeConnection,
  dependencies: ActivityDependencies,
): Promise<Worker> {
  const longestDeadline = Math.max(...[...dependencies.partners.values()].map((partner) => partner.deadline));
  return Worker.create({
    connection,
    namespace: config.namespace,
    taskQueue: config.taskQueue,
    workflowBundle: { codePath: WORKFLOW_BUNDLE_PATH },
    activities: createActivities(dependencies),
    dataConverter: createDataConverter(config.payloadKeys),
    maxHeartbeatThrottleInterval: HEARTBEAT_THROTTLE_MS,
    // A request in flight may end before the worker does.
    shutdownGraceTime: longestDeadline + GRACE_MS,
  });
}
