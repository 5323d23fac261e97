import { temporal } from '@temporalio/proto';
import {
  APPROVAL_MEMO,
  type ApprovalMemo,
  type ApprovalRequest,
  explainDeparting,
} from '../../contract/approval';
import type { FailureType } from '../../contract/failures';
import { MAX_CALLS_PER_ENDPOINT } from '../../contract/names';
import { isRegistered, type WorkerVersion } from '../workers/worker-version';
import { findFailedLocalStep } from './local-step';
import type { SyncHandle } from './start-sync';

/** If no worker takes a step within this many milliseconds, a worker is missing. */
const NO_WORKER_AFTER_MS = 5_000;
/** The end of a history contains the failure that a run repeats. */
const LAST_EVENTS = 10;

const { PendingActivityState, WorkerVersioningMode, WorkflowExecutionStatus } = temporal.api.enums.v1;

export type RawDescription = Awaited<ReturnType<SyncHandle['describe']>>['raw'];
type PendingActivity = NonNullable<RawDescription['pendingActivities']>[number];
type Timestamp = PendingActivity['scheduledTime'];
type Failure = NonNullable<PendingActivity['lastFailure']>;

/** A step and the failure of its previous attempt. */
interface StepInProgress {
  readonly name: string;
  readonly attempt: number;
  readonly isLimited: boolean;
  readonly lastFailure: Failure | null;
}

/**
 * What a run is doing or waiting for, in one line; empty if nothing is known.
 *
 * @param described the run, if it was described before
 * @throws the SDK's errors if Temporal does not answer
 */
export async function describeProgress(
  handle: SyncHandle,
  described?: Awaited<ReturnType<SyncHandle['describe']>>,
): Promise<string> {
  const { raw, memo } = described ?? (await handle.describe());
  const { pendingActivities, pendingWorkflowTask: task, workflowExecutionInfo } = raw;
  if (workflowExecutionInfo?.status === WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED) {
    return `paused by an operator; resume it with: temporal workflow unpause --workflow-id ${handle.workflowId}`;
  }
  const activity = pendingActivities?.[0];
  if (activity) {
    const isWaiting = activity.state === PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
    return isWaiting && isOverdue(activity.scheduledTime)
      ? describeMissingWorker(handle, raw)
      : describeStep(handle, stepOf(activity));
  }
  if (task && Number(task.attempt ?? 1) > 1) {
    const reason = await readTaskFailure(handle, raw);
    return `the worker cannot continue and tries again: ${reason ?? 'see its log'}`;
  }
  if (task && !task.startedTime && isOverdue(task.scheduledTime)) return describeMissingWorker(handle, raw);
  const approval = memo?.[APPROVAL_MEMO] as ApprovalMemo | undefined;
  if (approval?.decision === null) return describeApproval(handle, approval);
  const local = findFailedLocalStep(await readLastEvents(handle, raw));
  if (!local) return '';
  const { name, attempt, failure: lastFailure } = local;
  return describeStep(handle, { name, attempt: attempt + 1, isLimited: false, lastFailure });
}

function describeApproval({ workflowId }: SyncHandle, request: ApprovalRequest): string {
  return `waiting for approval until ${request.deadline}: ${explainDeparting(request)}. Decide with: npx provider-sync runs approve ${workflowId}, or: npx provider-sync runs reject ${workflowId}`;
}

async function describeStep(handle: SyncHandle, step: StepInProgress): Promise<string> {
  const { name, attempt, isLimited, lastFailure } = step;
  const progress = `${name}: attempt ${attempt}${isLimited ? ` of at most ${MAX_CALLS_PER_ENDPOINT}` : ''}`;
  const type = lastFailure?.applicationFailureInfo?.type;
  if (!lastFailure || !type) return progress;
  const message = await readMessage(handle, lastFailure);
  if (type === ('StoreUnavailable' satisfies FailureType)) {
    return `${name}: waiting for Postgres: ${message ?? type}`;
  }
  return `${progress}, after ${type}${message ? ` (${message})` : ''}`;
}

function stepOf({ activityType, attempt, maximumAttempts, lastFailure }: PendingActivity): StepInProgress {
  return {
    name: activityType?.name ?? '',
    attempt: attempt ?? 1,
    isLimited: Boolean(maximumAttempts),
    lastFailure: lastFailure ?? null,
  };
}

/** Which worker the next step waits for: any one, or one of a certain version. */
export async function describeMissingWorker(handle: SyncHandle, run: RawDescription): Promise<string> {
  const { namespace } = handle.client.options;
  const { taskQueue, versioningInfo } = run.workflowExecutionInfo ?? {};
  const pinned = versioningInfo?.deploymentVersion;
  if (pinned) return `waiting for a worker of ${nameOf(pinned)}, the version on which the run began`;
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
    if (!(await isRegistered(handle.client, version))) {
      return `waiting for Temporal to register ${nameOf(version)}, the version of the workers`;
    }
    return `the workers wait for their version to be made current: temporal worker deployment set-current-version --deployment-name ${version.deploymentName} --build-id ${version.buildId} --yes`;
  }
  return 'waiting for a worker; start one with: npx provider-sync worker';
}

/** Why the workflow task fails; undefined if the reason cannot be read. */
export async function readTaskFailure(handle: SyncHandle, run: RawDescription): Promise<string | undefined> {
  const events = await readLastEvents(handle, run);
  const failed = events.find((event) => event.workflowTaskFailedEventAttributes);
  const failure = failed?.workflowTaskFailedEventAttributes?.failure;
  return failure ? readMessage(handle, failure) : undefined;
}

/** The end of the history, the last event first. */
async function readLastEvents(handle: SyncHandle, run: RawDescription) {
  const { history } = await handle.client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: handle.client.options.namespace,
    execution: run.workflowExecutionInfo?.execution ?? null,
    maximumPageSize: LAST_EVENTS,
  });
  return history?.events ?? [];
}

/** The decrypted message of a failure; undefined if no configured key can read it. */
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

function nameOf({ deploymentName, buildId }: WorkerVersion) {
  return `${deploymentName}:${buildId}`;
}
