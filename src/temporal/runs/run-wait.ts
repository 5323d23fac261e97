import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { isoTimeOf } from '../proto-time';
import { type Events, findFailedLocalStep } from './local-step';
import type { SyncHandle } from './start-sync';
import {
  describeMissingWorker,
  isOverdue,
  type RawDescription,
  readMessage,
  readTaskFailure,
} from './sync-progress';

const { PendingActivityState } = temporal.api.enums.v1;

/** The last events of a history contain the marker, the timer and the scheduled activity that explain a wait. */
const LAST_EVENTS = 20;

type PendingActivity = NonNullable<RawDescription['pendingActivities']>[number];

/** Why a run makes no progress. */
export interface RunWait {
  /**
   * `worker`: no worker takes the next step. `step`: the same step fails repeatedly. `task`: workers cannot execute the
   * workflow itself.
   */
  readonly kind: 'worker' | 'step' | 'task';
  /** ISO 8601, UTC; null if Temporal does not report it. */
  readonly since: string | null;
  readonly reason: string;
}

/** A run as Temporal describes it, and what it waits for. */
export interface ExaminedRun {
  readonly raw: RawDescription;
  /** The last events of the run, the latest first. */
  readonly latest: Events;
  /** Null if the run makes progress or has ended. */
  readonly wait: RunWait | null;
}

/** Reads a run of Temporal and what it waits for. It takes two requests, and more if the run waits. */
export async function examineRun(client: Client, workflowId: string, runId: string): Promise<ExaminedRun> {
  const { namespace } = client.options;
  const execution = { workflowId, runId };
  const [raw, { history }] = await Promise.all([
    client.workflowService.describeWorkflowExecution({ namespace, execution }),
    client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution,
      maximumPageSize: LAST_EVENTS,
    }),
  ]);
  const latest = history?.events ?? [];
  // It may have ended after it was listed.
  const hasEnded = Boolean(raw.workflowExecutionInfo?.closeTime);
  const handle: SyncHandle = client.workflow.getHandle(workflowId, runId);
  return { raw, latest, wait: hasEnded ? null : await readRunWait(handle, raw, latest) };
}

/**
 * What a run waits for, or null if it makes progress. The attempts of a call to the partner are no wait, because their
 * number is limited.
 */
async function readRunWait(handle: SyncHandle, raw: RawDescription, latest: Events): Promise<RunWait | null> {
  const { pendingActivities, pendingWorkflowTask: task } = raw;
  const activity = pendingActivities?.[0];
  if (activity) return activityWait(handle, raw, activity, latest);
  if (task && Number(task.attempt ?? 1) > 1) {
    const reason = (await readTaskFailure(handle, raw)) ?? 'see the log of the worker';
    const since = isoTimeOf(task.originalScheduledTime ?? task.scheduledTime);
    return { kind: 'task', since, reason };
  }
  if (task && !task.startedTime && isOverdue(task.scheduledTime)) {
    const since = isoTimeOf(task.originalScheduledTime ?? task.scheduledTime);
    return { kind: 'worker', since, reason: await describeMissingWorker(handle, raw) };
  }
  return localActivityWait(handle, latest);
}

async function activityWait(
  handle: SyncHandle,
  raw: RawDescription,
  activity: PendingActivity,
  latest: Events,
): Promise<RunWait | null> {
  const isScheduled = activity.state === PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
  if (isScheduled && isOverdue(activity.scheduledTime)) {
    const since = isoTimeOf(activity.scheduledTime);
    return { kind: 'worker', since, reason: await describeMissingWorker(handle, raw) };
  }
  const { lastFailure, maximumAttempts, activityId } = activity;
  if (!lastFailure || maximumAttempts) return null;
  const scheduled = latest.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityId === activityId,
  );
  const reason = await describeRepetition(handle, activity.activityType?.name, activity.attempt, lastFailure);
  return { kind: 'step', since: isoTimeOf(scheduled?.eventTime), reason };
}

async function localActivityWait(handle: SyncHandle, latest: Events): Promise<RunWait | null> {
  const step = findFailedLocalStep(latest);
  if (!step?.isBackingOff) return null;
  const reason = await describeRepetition(handle, step.name, step.attempt, step.failure);
  return { kind: 'step', since: step.since, reason };
}

async function describeRepetition(
  handle: SyncHandle,
  step: string | null | undefined,
  attempt: number | null | undefined,
  failure: NonNullable<PendingActivity['lastFailure']>,
): Promise<string> {
  const type = failure.applicationFailureInfo?.type ?? 'a failure without a name';
  const message = await readMessage(handle, failure);
  return `${step ?? 'a step'} is repeated (attempt ${attempt ?? 1}) after ${type}${message ? `: ${message}` : ''}`;
}
