import type { Client } from '@temporalio/client';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import type { TemporalConfig } from '../../../src/process/config';
import type { Cleanup } from '../../../src/process/shutdown';
import { connectWorker, workerClient } from '../../../src/temporal/connection/worker-connection';
import { createDataConverter } from '../../../src/temporal/payloads/data-converter';
import { workerBounds } from '../../../src/worker/worker-bounds';
import { WORKFLOW_BUNDLE_PATH } from '../../../src/worker/workflow-bundle';
import type { EmptyActivities } from './empty-workflow';
import { instantActivities } from './instant-activities';

/** A worker that is compared with ours, and a client on its connection. */
export interface BareWorker {
  readonly taskQueue: string;
  readonly starter: Client;
}

/** A worker like ours with another workflow and activities: it encrypts, polls and caches in the same way. */
export function startEmptyWorker(
  config: TemporalConfig,
  slots: number,
  cleanup: Cleanup,
): Promise<BareWorker> {
  const activities: EmptyActivities = {
    first: async () => undefined,
    second: async () => undefined,
    third: async () => undefined,
  };
  const code = { workflowsPath: require.resolve('./empty-workflow'), activities: { ...activities } };
  return startBareWorker(config, 'empty', slots, code, cleanup);
}

/** A worker with the workflow of a sync, whose steps only return what a sync of ten records returns. */
export function startStepsWorker(
  config: TemporalConfig,
  slots: number,
  cleanup: Cleanup,
): Promise<BareWorker> {
  const code = { workflowBundle: { codePath: WORKFLOW_BUNDLE_PATH }, activities: { ...instantActivities() } };
  return startBareWorker(config, 'steps', slots, code, cleanup);
}

async function startBareWorker(
  config: TemporalConfig,
  kind: string,
  slots: number,
  code: Pick<WorkerOptions, 'workflowsPath' | 'workflowBundle' | 'activities'>,
  cleanup: Cleanup,
): Promise<BareWorker> {
  const connection = await connectWorker(config);
  cleanup.add(`the connection of the worker of ${kind} runs`, () => connection.close());
  const taskQueue = `${config.taskQueue}-${kind}`;
  const worker = await Worker.create({
    connection,
    namespace: config.namespace,
    taskQueue,
    ...code,
    dataConverter: createDataConverter(config.payloadKeys),
    ...workerBounds(slots).options,
  });
  const ended = worker.run();
  cleanup.add(`the worker of ${kind} runs`, () => {
    worker.shutdown();
    return ended;
  });
  return { taskQueue, starter: workerClient(connection, config) };
}
