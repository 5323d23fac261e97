import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { TemporalConfig } from '../../../src/process/config';
import type { Cleanup } from '../../../src/process/shutdown';
import { connectWorker, workerClient } from '../../../src/temporal/connection/worker-connection';
import { createDataConverter } from '../../../src/temporal/payloads/data-converter';
import { workerBounds } from '../../../src/worker/worker-bounds';
import type { EmptyActivities } from './empty-workflow';

/** A worker like ours with another workflow and activities: it encrypts, polls and caches in the same way. */
export async function startEmptyWorker(
  config: TemporalConfig,
  slots: number,
  cleanup: Cleanup,
): Promise<{ taskQueue: string; starter: Client }> {
  const connection = await connectWorker(config);
  cleanup.add('the connection of the worker of empty runs', () => connection.close());
  const taskQueue = `${config.taskQueue}-empty`;
  const activities: EmptyActivities = {
    first: async () => undefined,
    second: async () => undefined,
    third: async () => undefined,
  };
  const worker = await Worker.create({
    connection,
    namespace: config.namespace,
    taskQueue,
    workflowsPath: require.resolve('./empty-workflow'),
    activities: { ...activities },
    dataConverter: createDataConverter(config.payloadKeys),
    ...workerBounds(slots).options,
  });
  const ended = worker.run();
  cleanup.add('the worker of empty runs', () => {
    worker.shutdown();
    return ended;
  });
  return { taskQueue, starter: workerClient(connection, config) };
}
