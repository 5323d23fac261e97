import { type Client, isGrpcServiceError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { isoTimeOf, millisecondsOf } from '../proto-time';
import { versionIn } from './version-plugin';

const { WorkerStatus } = temporal.api.enums.v1;
type Listed = temporal.api.worker.v1.WorkerHeartbeat.$Properties;
type ListedSlots = temporal.api.worker.v1.WorkerSlotsInfo.$Properties;

/** gRPC's status code if the server or the namespace keeps no list of workers. */
const UNIMPLEMENTED = 12;
const PAGE_SIZE = 200;

/** The slots of one kind of task in a worker. */
export interface Slots {
  readonly used: number;
  readonly total: number;
}

/** What a worker reports of itself. */
export interface WorkerReport {
  readonly host: string;
  /** The version of provider-sync; null for a worker of 0.1.0. */
  readonly version: string | null;
  /** Null if the worker is not a version of a deployment. */
  readonly deploymentName: string | null;
  /** The build of the deployment; without one, the SDK's own id of the workflow code. */
  readonly buildId: string | null;
  readonly sdkVersion: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string | null;
  readonly slots: {
    readonly activities: Slots;
    readonly localActivities: Slots;
    readonly workflowTasks: Slots;
  };
}

/** The last heartbeat of a worker. Times are those of the worker's clock, in milliseconds since 1970. */
export interface Heartbeat {
  readonly identity: string;
  readonly at: number;
  readonly startedAt: number;
  /** Whether the worker has reported its shutdown. */
  readonly isStopping: boolean;
  readonly report: WorkerReport;
}

/** The last heartbeat of each worker that Temporal lists. Empty if the server keeps no list. */
export async function readHeartbeats(client: Client, taskQueue: string): Promise<Heartbeat[]> {
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
      for (const { workerHeartbeat: listed } of page.workersInfo) {
        if (!listed) continue;
        const heartbeat = toHeartbeat(listed);
        const key = listed.workerInstanceKey || heartbeat.identity;
        if ((heartbeats.get(key)?.at ?? 0) <= heartbeat.at) heartbeats.set(key, heartbeat);
      }
      nextPageToken = page.nextPageToken;
    } while (nextPageToken.length > 0);
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== UNIMPLEMENTED) throw error;
  }
  return [...heartbeats.values()];
}

function toHeartbeat(listed: Listed): Heartbeat {
  const { workerIdentity, heartbeatTime, startTime, status } = listed;
  return {
    identity: workerIdentity ?? '',
    at: millisecondsOf(heartbeatTime),
    startedAt: millisecondsOf(startTime),
    isStopping:
      status === WorkerStatus.WORKER_STATUS_SHUTTING_DOWN || status === WorkerStatus.WORKER_STATUS_SHUTDOWN,
    report: toReport(listed),
  };
}

function toReport(listed: Listed): WorkerReport {
  const { hostInfo, deploymentVersion, plugins, sdkVersion, startTime } = listed;
  return {
    host: hostInfo?.hostName ?? '',
    version: versionIn(plugins ?? []),
    deploymentName: deploymentVersion?.deploymentName || null,
    buildId: deploymentVersion?.buildId || null,
    sdkVersion: sdkVersion ?? '',
    startedAt: isoTimeOf(startTime),
    slots: {
      activities: toSlots(listed.activityTaskSlotsInfo),
      localActivities: toSlots(listed.localActivitySlotsInfo),
      workflowTasks: toSlots(listed.workflowTaskSlotsInfo),
    },
  };
}

function toSlots(listed: ListedSlots | null | undefined): Slots {
  const used = listed?.currentUsedSlots ?? 0;
  return { used, total: used + (listed?.currentAvailableSlots ?? 0) };
}
