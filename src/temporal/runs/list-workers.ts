import { type Client, isGrpcServiceError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { millisecondsOf } from '../proto-time';

const { TaskQueueType, WorkerStatus } = temporal.api.enums.v1;
type Heartbeat = temporal.api.worker.v1.WorkerHeartbeat.$Properties;

/** gRPC's status code if the server or the namespace keeps no list of workers. */
const UNIMPLEMENTED = 12;
const PAGE_SIZE = 200;
/** A heartbeat has the time of the worker's clock. A time further in the future than this is ignored. */
const CLOCK_TOLERANCE_MS = 5_000;

/** A worker as Temporal sees it. */
export interface SeenWorker {
  /** `pid@hostname`, unless the worker sets another identity. */
  readonly identity: string;
  /** Its last heartbeat, or the last time it asked for work, in milliseconds since 1970. */
  readonly lastSeenAt: number;
}

/**
 * The workers of the task queue that Temporal has seen recently, running or lost, by their heartbeats. If the server
 * keeps no heartbeats, or a worker's clock is wrong, their requests for work count: an idle worker sends one about
 * every minute. A worker that has reported its shutdown is left out.
 */
export async function listWorkers(client: Client, taskQueue: string): Promise<SeenWorker[]> {
  const [heartbeats, polls] = await Promise.all([
    listHeartbeats(client, taskQueue),
    listPolls(client, taskQueue),
  ]);
  const lastSeenAt = new Map<string, number>();
  const see = (identity: string, at: number) =>
    lastSeenAt.set(identity, Math.max(at, lastSeenAt.get(identity) ?? 0));
  for (const { identity, at } of polls) see(identity, at);
  const latest = Date.now() + CLOCK_TOLERANCE_MS;
  for (const { workerIdentity, heartbeatTime } of heartbeats.values()) {
    const at = millisecondsOf(heartbeatTime);
    if (at <= latest) see(workerIdentity ?? '', at);
  }
  for (const { workerIdentity, status } of heartbeats.values()) {
    if (isStopping(status)) lastSeenAt.delete(workerIdentity ?? '');
  }
  return [...lastSeenAt].map(([identity, at]) => ({ identity, lastSeenAt: at }));
}

/** The last heartbeat of each worker by identity. Empty if the server keeps no list. */
async function listHeartbeats(client: Client, taskQueue: string): Promise<Map<string, Heartbeat>> {
  const { namespace } = client.options;
  const heartbeats = new Map<string, Heartbeat>();
  let nextPageToken: Uint8Array = new Uint8Array();
  try {
    do {
      const page = await client.workflowService.listWorkers({
        namespace,
        query: `TaskQueue = '${taskQueue.replaceAll("'", "''")}'`,
        pageSize: PAGE_SIZE,
        nextPageToken,
      });
      for (const { workerHeartbeat: heartbeat } of page.workersInfo) {
        const identity = heartbeat?.workerIdentity ?? '';
        const before = heartbeats.get(identity);
        if (heartbeat && millisecondsOf(before?.heartbeatTime) <= millisecondsOf(heartbeat.heartbeatTime)) {
          heartbeats.set(identity, heartbeat);
        }
      }
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== UNIMPLEMENTED) throw error;
  }
  return heartbeats;
}

/** The workers that requested work in the last minutes, on every partition of the task queue. */
async function listPolls(
  client: Client,
  taskQueue: string,
): Promise<{ readonly identity: string; readonly at: number }[]> {
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
  return described.flatMap(({ pollers }) =>
    (pollers ?? []).map(({ identity, lastAccessTime }) => ({
      identity: identity ?? '',
      at: millisecondsOf(lastAccessTime),
    })),
  );
}

function isStopping(status: Heartbeat['status']): boolean {
  return (
    status === WorkerStatus.WORKER_STATUS_SHUTTING_DOWN || status === WorkerStatus.WORKER_STATUS_SHUTDOWN
  );
}
