import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { TaskQueueType } = temporal.api.enums.v1;

/** A worker as Temporal sees it: it has asked for work within the last minutes. */
export interface Poller {
  /** `pid@hostname`, unless the worker names itself otherwise. */
  readonly identity: string;
  /** When it last asked, in milliseconds since 1970; an idle worker asks about once a minute. */
  readonly lastAskedAt: number;
}

/**
 * Who polls the task queue, for workflow or for activity tasks. Temporal tells of the queue's first partition
 * only (a server has four by default); of the few pollers for workflow tasks none may stand there just now.
 */
export async function listPollers(client: Client, taskQueue: string): Promise<Poller[]> {
  const queues = await Promise.all(
    [TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY].map((taskQueueType) =>
      client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: taskQueue },
        taskQueueType,
      }),
    ),
  );
  const lastAskedAt = new Map<string, number>();
  for (const { identity, lastAccessTime } of queues.flatMap(({ pollers }) => pollers ?? [])) {
    const askedAt = Number(lastAccessTime?.seconds ?? 0) * 1000;
    lastAskedAt.set(identity ?? '', Math.max(askedAt, lastAskedAt.get(identity ?? '') ?? 0));
  }
  return [...lastAskedAt].map(([identity, askedAt]) => ({ identity, lastAskedAt: askedAt }));
}
