import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleOverlapPolicy,
  type ScheduleUpdateOptions,
} from '@temporalio/client';
import { msToTs, tsToDate } from '@temporalio/common/lib/time';
import { TRIGGER_MEMO } from '../../contract/names';
import type { SyncInput } from '../../contract/run';
import { backOffUntil, endBackOff, usualMemo, usualSpec } from './back-off';
import { findSchedule } from './find-schedule';
import { scheduleClient } from './schedule-client';
import { cronOf, scheduleInWords, timeZoneOf } from './schedule-in-words';
import { FAILURES_SEEN_MEMO, type ScheduleOwner, scheduleId } from './schedule-settings';

/** A partner's schedule in Temporal; times in ISO 8601, UTC. */
export interface ScheduleState {
  readonly scheduleId: string;
  /** The times at which it starts runs, in words: `Every day at 05:00 (Europe/Zurich)`. */
  readonly times: string;
  /** The same as a cron expression; null for an interval, and for several calendars. */
  readonly cron: string | null;
  /** The time zone of its times; null if it has intervals only. */
  readonly timeZone: string | null;
  readonly paused: boolean;
  /** Until when it starts no run, because the partner keeps failing; null if it does not back off. */
  readonly backOffUntil: string | null;
  readonly note: string | null;
  readonly nextRunAt: string | null;
  /** The next times according to Temporal, at most five; empty if it is paused. */
  readonly nextRunsAt: readonly string[];
  readonly lastRunAt: string | null;
  readonly lastWorkflowId: string | null;
  /** Runs that were not started because the previous one was still running. */
  readonly skipped: number;
  /** Runs that were not started because Temporal was down for longer than the catch-up window. */
  readonly missed: number;
}

/** When the first and the last of several failed runs in a row ended. */
export interface FailedRuns {
  readonly first: Date;
  readonly last: Date;
}

/** The result of a request to start a run of a schedule now. */
export type TriggerResult =
  | { readonly status: 'started'; readonly workflowId: string }
  | { readonly status: 'skipped'; readonly holder: string | null }
  /** Temporal did nothing while we waited, or the range has no time of the schedule. */
  | { readonly status: 'none' };

const TRIGGERED_WITHIN_MS = 5_000;
const POLL_INTERVAL_MS = 100;
/** Enough to see the rhythm of a schedule. */
const NEXT_RUNS = 5;

/** The state of the partner's schedule, or undefined if there is none. */
export async function readSchedule(client: Client, owner: ScheduleOwner): Promise<ScheduleState | undefined> {
  const found = await findSchedule(client, owner);
  return found && stateOf(found);
}

/** The state of a schedule, from Temporal's description. */
export function stateOf(found: ScheduleDescription): ScheduleState {
  const { state, info } = found;
  const spec = usualSpec(found);
  const until = backOffUntil(found);
  const isOver = until !== null && !state.paused && until.getTime() <= Date.now();
  const last = info.recentActions.at(-1);
  const next = state.paused ? [] : info.nextActionTimes.slice(0, NEXT_RUNS);
  const nextRunsAt = next.map((time) => time.toISOString());
  return {
    scheduleId: found.scheduleId,
    times: scheduleInWords(spec),
    cron: cronOf(spec),
    timeZone: timeZoneOf(spec),
    paused: state.paused,
    backOffUntil: isOver || state.paused ? null : (until?.toISOString() ?? null),
    // The note of a back-off that is over says nothing.
    note: isOver ? null : state.note || null,
    nextRunAt: nextRunsAt[0] ?? null,
    nextRunsAt,
    lastRunAt: last?.takenAt.toISOString() ?? null,
    lastWorkflowId: last?.action.workflow.workflowId ?? null,
    skipped: info.numActionsSkippedOverlap,
    missed: info.numActionsMissedCatchupWindow,
  };
}

/** @throws ScheduleNotFoundError */
export async function pauseSchedule(client: Client, owner: ScheduleOwner, note: string): Promise<void> {
  await scheduleClient(client).getHandle(scheduleId(owner)).pause(note);
}

/**
 * Resumes a schedule that is paused or backs off. Failures until now no longer count towards `pauseAfterFailures` and
 * `backOff`.
 *
 * @throws ScheduleNotFoundError
 */
export async function resumeSchedule(client: Client, owner: ScheduleOwner, note: string): Promise<void> {
  await scheduleClient(client)
    .getHandle(scheduleId(owner))
    .update((found) => withState(owner, found, { paused: false, note }, new Date()));
}

/**
 * Pauses the schedule of a partner whose runs keep failing, unless it is already paused, or was resumed after the first
 * of these failures.
 *
 * @returns whether this call paused it
 */
export async function pauseFailingSchedule(
  client: Client,
  owner: ScheduleOwner,
  failed: FailedRuns,
  note: string,
): Promise<boolean> {
  const found = await findSchedule(client, owner);
  if (!found || found.state.paused) return false;
  const seen = found.action.memo?.[FAILURES_SEEN_MEMO];
  if (typeof seen === 'string' && failed.first <= new Date(seen)) return false;
  await scheduleClient(client)
    .getHandle(scheduleId(owner))
    .update((current) => withState(owner, current, { paused: true, note }, failed.last));
  return true;
}

/**
 * Starts a run now, even if the schedule is paused. It is skipped while the schedule's last run is still running.
 *
 * @throws ScheduleNotFoundError
 */
export function triggerSchedule(client: Client, owner: ScheduleOwner): Promise<TriggerResult> {
  return watchTrigger(scheduleClient(client).getHandle(scheduleId(owner)), (handle) =>
    handle.trigger(ScheduleOverlapPolicy.SKIP),
  );
}

/**
 * Makes up for the times of the schedule in a range. All their runs would get the same answer, the current one.
 * Therefore one run is started, as if at the last of these times. It is skipped while the schedule's last run is still
 * running.
 *
 * @throws ScheduleNotFoundError
 */
export async function backfillSchedule(
  client: Client,
  owner: ScheduleOwner,
  range: { readonly from: Date; readonly to: Date },
): Promise<TriggerResult> {
  await endBackOff(client, owner);
  const times = await matchingTimes(client, owner, range);
  const last = times.at(-1);
  if (!last) return { status: 'none' };
  // Jitter may place a time anywhere between its predecessor and the next one.
  const before = times.at(-2);
  const start = before ? new Date(before.getTime() + 1) : range.from;
  return watchTrigger(scheduleClient(client).getHandle(scheduleId(owner)), (handle) =>
    handle.backfill({ start, end: last, overlap: ScheduleOverlapPolicy.SKIP }),
  );
}

/** The first times of the schedule in a range: Temporal returns a limited number at once. */
async function matchingTimes(
  client: Client,
  owner: ScheduleOwner,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<Date[]> {
  const { startTime } = await client.workflowService.listScheduleMatchingTimes({
    namespace: client.options.namespace,
    scheduleId: scheduleId(owner),
    startTime: msToTs(from.getTime()),
    endTime: msToTs(to.getTime()),
  });
  return startTime.map((time) => tsToDate(time));
}

async function watchTrigger(
  handle: ScheduleHandle,
  act: (handle: ScheduleHandle) => Promise<void>,
): Promise<TriggerResult> {
  const before = (await handle.describe()).info;
  await act(handle);
  const deadline = Date.now() + TRIGGERED_WITHIN_MS;
  while (Date.now() < deadline) {
    const { info } = await handle.describe();
    const workflowId = info.recentActions.at(-1)?.action.workflow.workflowId;
    if (info.numActionsTaken > before.numActionsTaken && workflowId) return { status: 'started', workflowId };
    if (info.numActionsSkippedOverlap > before.numActionsSkippedOverlap) {
      return { status: 'skipped', holder: info.runningActions[0]?.workflow.workflowId ?? null };
    }
    await sleep(POLL_INTERVAL_MS);
  }
  return { status: 'none' };
}

/** The schedule with another state, without a back-off, and with another time up to which failures no longer count. */
function withState(
  { partner }: ScheduleOwner,
  found: ScheduleDescription,
  state: { readonly paused: boolean; readonly note: string },
  failuresSeen: Date,
): ScheduleUpdateOptions {
  const { action, policies } = found;
  const memo = {
    ...usualMemo(found),
    [TRIGGER_MEMO]: 'schedule',
    [FAILURES_SEEN_MEMO]: failuresSeen.toISOString(),
  };
  const args = [{ partner } satisfies SyncInput];
  return { spec: usualSpec(found), action: { ...action, args, memo }, policies, state };
}
