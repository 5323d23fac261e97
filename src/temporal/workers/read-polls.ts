import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { millisecondsOf } from '../proto-time';

const { TaskQueueType } = temporal.api.enums.v1;

/**
 * When each worker last asked for work in the last minutes, on any partition of the task queue, by its identity. Times
 * are in milliseconds since 1970.
 */
export async function readPolls(client: Client, taskQueue: string): Promise<ReadonlyMap<string, number>> {
  const { namespace } = client.options;
  const partitions = await client.workflowService.listTaskQueuePartitions({
    namespace,
    taskQueue: { name: taskQueue },
  });
  const queues = [
    ...partitions.workflowTaskQueuePartitions.map(({ key }) => ({
      name: key ?? '',
      type: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    })),
    ...partitions.activityTaskQueuePartitions.map(({ key }) => ({
      name: key ?? '',
      type: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    })),
  ];
  const described = await Promise.all(
    queues.map(({ name, type }) =>
      client.workflowService.describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType: type }),
    ),
  );
  const polls = new Map<string, number>();
  for (const { identity, lastAccessTime } of described.flatMap(({ pollers }) => pollers ?? [])) {
    const name = identity ?? '';
    polls.set(name, Math.max(millisecondsOf(lastAccessTime), polls.get(name) ?? 0));
  }
  return polls;
}
