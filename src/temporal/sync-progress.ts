import { temporal } from '@temporalio/proto';
import { MAX_CALLS_PER_ENDPOINT } from '../contract/names';
import type { SyncHandle } from './start-sync';

/** A step that nobody takes for so many milliseconds has no worker. */
const NO_WORKER_AFTER_MS = 5_000;
/** The failure that a run is stuck with stands at the end of its history. */
const LAST_EVENTS = 10;

const { PendingActivityState, WorkerVersioningMode } = temporal.api.enums.v1;

export type RawDescription = Awaited<ReturnType<SyncHandle['describe']>>['raw'];
type PendingActivity = NonNullable<RawDescription['pendingActivities']>[number];
type Timestamp = PendingActivity['scheduledTime'];
type Failure = NonNullable<PendingActivity['lastFailure']>;

/**
 * What goes on in a run now, in a line; empty where there is nothing to tell.
 *
 * @throws the SDK's errors where Temporal does not answer
 */
export async function describeProgress(handle: SyncHandle): Promise<string> {
  const { raw } = await handle.describe();
  const { pendingActivities, pendingWorkflowTask: task } = raw;
  const activity = pendingActivities?.[0];
  if (activity) {
    const isWaiting = activity.state === PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
    return isWaiting && isOverdue(activity.scheduledTime)
      ? describeMissingWorker(handle, raw)
      : describeActivity(handle, activity);
  }
  if (task && Number(task.attempt ?? 1) > 1) {
    const reason = await readTaskFailure(handle, raw);
    return `the worker cannot go on and tries again: ${reason ?? 'its log says why'}`;
  }
  if (task && !task.startedTime && isOverdue(task.scheduledTime)) return describeMissingWorker(handle, raw);
  return '';
}

async function describeActivity(handle: SyncHandle, activity: PendingActivity): Promise<string> {
  const limit = activity.maximumAttempts ? ` of at most ${MAX_CALLS_PER_ENDPOINT}` : '';
  const step = `${activity.activityType?.name}: attempt ${activity.attempt ?? 1}${limit}`;
  const failure = activity.lastFailure;
  const type = failure?.applicationFailureInfo?.type;
  if (!failure || !type) return step;
  const message = await readMessage(handle, failure);
  return `${step}, after ${type}${message ? ` (${message})` : ''}`;
}

/** Who would have to take the next step: any worker, or one of a version. */
export async function describeMissingWorker(handle: SyncHandle, run: RawDescription): Promise<string> {
  const { namespace } = handle.client.options;
  const { taskQueue, versioningInfo } = run.workflowExecutionInfo ?? {};
  const pinned = versioningInfo?.deploymentVersion;
  if (pinned) return `waiting for a worker of ${nameOf(pinned)}, the version that the run began on`;
  const { pollers, versioningInfo: routing } = await handle.client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue ?? '' },
    taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  const current = routing?.currentDeploymentVersion;
  if (current) return `waiting for a worker of ${nameOf(current)}, the current version`;
  const versions = pollers?.map(({ deploymentOptions }) => deploymentOptions) ?? [];
  const version = versions.at(-1);
  const areVersioned = versions.every(
    (each) => each?.workerVersioningMode === WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED,
  );
  if (version && areVersioned) {
    return `the workers wait for their version to be made current: temporal worker deployment set-current-version --deployment-name ${version.deploymentName} --build-id ${version.buildId} --yes`;
  }
  return 'waiting for a worker; start one with: npx provider-sync worker';
}

/** Why the workflow's own step fails; undefined where that cannot be read. */
export async function readTaskFailure(handle: SyncHandle, run: RawDescription): Promise<string | undefined> {
  const { history } = await handle.client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: handle.client.options.namespace,
    execution: run.workflowExecutionInfo?.execution ?? null,
    maximumPageSize: LAST_EVENTS,
  });
  const failed = history?.events?.find((event) => event.workflowTaskFailedEventAttributes);
  const failure = failed?.workflowTaskFailedEventAttributes?.failure;
  return failure ? readMessage(handle, failure) : undefined;
}

/** The message of a failure, which is encrypted; undefined where the keys that are here cannot read it. */
export async function readMessage(handle: SyncHandle, failure: Failure): Promise<string | undefined> {
  const { payloadCodecs, payloadConverter } = handle.client.options.loadedDataConverter;
  try {
    let encoded = failure.encodedAttributes ? [failure.encodedAttributes] : [];
    for (const codec of payloadCodecs) encoded = await codec.decode(encoded);
    const [attributes] = encoded.map((payload) => payloadConverter.fromPayload<{ message: string }>(payload));
    return attributes?.message;
  } catch {
    return undefined;
  }
}

export function isOverdue(scheduled: Timestamp): boolean {
  const since = Number(scheduled?.seconds ?? 0) * 1000;
  return since > 0 && Date.now() - since > NO_WORKER_AFTER_MS;
}

function nameOf({ deploymentName, buildId }: { deploymentName?: string | null; buildId?: string | null }) {
  return `${deploymentName}:${buildId}`;
}
