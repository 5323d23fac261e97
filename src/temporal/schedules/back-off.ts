import type {
  Client,
  ScheduleDescription,
  ScheduleSpecDescription,
  ScheduleUpdateOptions,
} from '@temporalio/client';
import { TRIGGER_MEMO } from '../../contract/names';
import type { SyncInput } from '../../contract/run';
import { type BackOff, pauseAfter } from '../../partner/config/back-off';
import { findSchedule } from './find-schedule';
import { scheduleClient } from './schedule-client';
import { FAILURES_SEEN_MEMO, type ScheduleOwner, scheduleId } from './schedule-settings';

/**
 * A field of the action's memo: until when the schedule backs off. The schedule itself starts at that time: Temporal
 * leaves out the times before, and continues as usual afterwards, without any process of ours.
 */
export const BACK_OFF_MEMO = 'backOffUntil';

/** The failed runs in a row, the latest first, and what follows from them. */
export interface Failing {
  readonly failures: readonly { readonly startedAt: Date; readonly finishedAt: Date }[];
  readonly backOff: BackOff;
  /** Why the last one failed. It is not encrypted. */
  readonly reason: string;
}

/** Until when a schedule backs off; null if it does not. The time may be over. */
export function backOffUntil({ spec, action }: Pick<ScheduleDescription, 'spec' | 'action'>): Date | null {
  const noted = action.memo?.[BACK_OFF_MEMO];
  return spec.startAt && spec.startAt.toISOString() === noted ? spec.startAt : null;
}

/** The times of a schedule as partners.yaml has them, without a back-off. */
export function usualSpec(found: Pick<ScheduleDescription, 'spec' | 'action'>): ScheduleSpecDescription {
  if (backOffUntil(found) === null) return found.spec;
  const { startAt: _, ...usual } = found.spec;
  return usual;
}

/** The memo of the action without a back-off. A value that no payload key can decrypt is read as null and left out. */
export function usualMemo({ action }: Pick<ScheduleDescription, 'action'>): Record<string, unknown> {
  const kept = Object.entries(action.memo ?? {}).filter(
    ([name, value]) => value !== null && name !== BACK_OFF_MEMO,
  );
  return Object.fromEntries(kept);
}

/**
 * Makes the schedule of a partner that keeps failing wait longer than usual, and the schedule of one that does not
 * continue as usual. A paused schedule stays as it is, and failures before its resumption do not count.
 *
 * @returns until when it backs off now; null if it does not
 */
export async function paceSchedule(
  client: Client,
  owner: ScheduleOwner,
  failing: Failing,
): Promise<Date | null> {
  const found = await findSchedule(client, owner);
  if (!found || found.state.paused) return null;
  const until = untilOf(found, failing);
  if (until?.getTime() !== backOffUntil(found)?.getTime()) {
    await scheduleClient(client)
      .getHandle(scheduleId(owner))
      .update((current) => withBackOff(owner, current, until, failing));
  }
  return until;
}

/** Ends a back-off, because a person starts runs. */
export async function endBackOff(client: Client, owner: ScheduleOwner): Promise<void> {
  const found = await findSchedule(client, owner);
  if (!found || backOffUntil(found) === null) return;
  await scheduleClient(client)
    .getHandle(scheduleId(owner))
    .update((current) => withBackOff(owner, current, null));
}

function untilOf(found: ScheduleDescription, { failures, backOff }: Failing): Date | null {
  const seen = found.action.memo?.[FAILURES_SEEN_MEMO];
  const resumedAt = typeof seen === 'string' ? new Date(seen) : new Date(0);
  const counted = failures.filter(({ finishedAt }) => finishedAt > resumedAt);
  const [last] = counted;
  const usual = usualGap(found);
  const pause = pauseAfter(counted.length, usual, backOff);
  if (!last || !(pause > usual)) return null;
  // Before the time of the schedule at the end of the pause, and after the one before it.
  const until = new Date(last.startedAt.getTime() + pause - usual / 2);
  return until.getTime() > Date.now() ? until : null;
}

/** Milliseconds between two times of a schedule; infinite if they are not known. */
function usualGap({ spec: { intervals = [], calendars = [] }, info }: ScheduleDescription): number {
  const [interval] = intervals;
  if (interval && intervals.length + calendars.length === 1) return interval.every;
  const times = info.nextActionTimes.map((time) => time.getTime());
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || times.length < 2) return Number.POSITIVE_INFINITY;
  return (last - first) / (times.length - 1);
}

function withBackOff(
  { partner }: ScheduleOwner,
  found: ScheduleDescription,
  until: Date | null,
  failing?: Failing,
): ScheduleUpdateOptions {
  const { action, policies, state } = found;
  const memo = {
    ...usualMemo(found),
    [TRIGGER_MEMO]: 'schedule',
    ...(until && { [BACK_OFF_MEMO]: until.toISOString() }),
  };
  const note = until && failing ? noteOf(until, failing) : '';
  return {
    spec: { ...usualSpec(found), ...(until && { startAt: until }) },
    action: { ...action, args: [{ partner } satisfies SyncInput], memo },
    policies,
    state: { paused: state.paused, note },
  };
}

function noteOf(until: Date, { failures, reason }: Failing): string {
  const count = failures.length === 1 ? '1 sync' : `${failures.length} syncs in a row`;
  return `Asked less often, because ${count} failed. No scheduled sync before ${until.toISOString()}. The last failure: ${reason}`;
}
