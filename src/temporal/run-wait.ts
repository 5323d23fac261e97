import { temporal } from '@temporalio/proto';
import { isoTimeOf } from './proto-time';
import type { SyncHandle } from './start-sync';
import {
  describeMissingWorker,
  isOverdue,
  type RawDescription,
  readMessage,
  readTaskFailure,
} from './sync-progress';

const { PendingActivityState } = temporal.api.enums.v1;

export type Events = readonly temporal.api.history.v1.HistoryEvent.$Properties[];
type PendingActivity = NonNullable<RawDescription['pendingActivities']>[number];
type Marker = NonNullable<Events[number]['markerRecordedEventAttributes']>;

/** Why a run makes no progress. */
export interface RunWait {
  /** No worker takes its next step, or the same step fails again and again. */
  readonly kind: 'worker' | 'step';
  /** ISO 8601, UTC; null where Temporal does not say. */
  readonly since: string | null;
  readonly reason: string;
}

/**
 * What a run waits for, or null where it makes progress. The few attempts that a call to the partner has are no
 * wait: they end by themselves.
 *
 * @param latest its last events, the latest first
 */
export async function readRunWait(
  handle: SyncHandle,
  raw: RawDescription,
  latest: Events,
): Promise<RunWait | null> {
  const { pendingActivities, pendingWorkflowTask: task } = raw;
  const activity = pendingActivities?.[0];
  if (activity) return activityWait(handle, raw, activity, latest);
  if (task && Number(task.attempt ?? 1) > 1) {
    const reason = (await readTaskFailure(handle, raw)) ?? 'the log of the worker says why';
    const since = isoTimeOf(task.originalScheduledTime ?? task.scheduledTime);
    return { kind: 'step', since, reason: `its workflow task fails again and again: ${reason}` };
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

/** Between two attempts of a local activity the history ends with a marker of the last one, and a timer. */
async function localActivityWait(handle: SyncHandle, latest: Events): Promise<RunWait | null> {
  const found = latest.find((event) => event.markerRecordedEventAttributes);
  const marker = found?.markerRecordedEventAttributes;
  const isBackingOff = latest.some(
    ({ timerStartedEventAttributes, eventId }) =>
      timerStartedEventAttributes && Number(eventId) > Number(found?.eventId),
  );
  if (!marker?.failure || !isBackingOff) return null;
  const attempt = readAttempt(marker);
  const reason = await describeRepetition(handle, attempt.activity_type, attempt.attempt, marker.failure);
  return { kind: 'step', since: isoTimeOf(attempt.original_schedule_time ?? found?.eventTime), reason };
}

interface LocalAttempt {
  readonly activity_type?: string;
  readonly attempt?: number;
  readonly original_schedule_time?: { readonly seconds: number; readonly nanos: number };
}

/** What the SDK's core notes of an attempt; not encrypted. */
function readAttempt({ details }: Marker): LocalAttempt {
  try {
    return JSON.parse(Buffer.from(details?.data?.payloads?.[0]?.data ?? []).toString());
  } catch {
    return {};
  }
}

async function describeRepetition(
  handle: SyncHandle,
  step: string | null | undefined,
  attempt: number | null | undefined,
  failure: NonNullable<Marker['failure']>,
): Promise<string> {
  const type = failure.applicationFailureInfo?.type ?? 'a failure without a name';
  const message = await readMessage(handle, failure);
  return `${step ?? 'a step'} is repeated (attempt ${attempt ?? 1}) after ${type}${message ? `: ${message}` : ''}`;
}
