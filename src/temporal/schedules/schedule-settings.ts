import { type ScheduleDescription, ScheduleOverlapPolicy } from '@temporalio/client';
import { TRIGGER_MEMO, WORKFLOW_TYPE } from '../../contract/names';
import type { SyncInput } from '../../contract/run';
import { type Schedule, timesAsWritten } from '../../partner/config/schedule';
import { durationInWords } from '../../partner/config/values';
import { needsPayloadKey } from './schedule-client';

/** The partner and the task queue of a schedule. */
export interface ScheduleOwner {
  readonly partner: string;
  readonly taskQueue: string;
}

/** A setting that differs from partners.yaml, as text. */
export interface Difference {
  readonly setting: string;
  readonly found: string;
  readonly wanted: string;
}

/** Marks our schedules. The names of memo fields are readable without a payload key. */
export const MANAGED_MEMO = 'provider-sync';
/** A field of the action's memo: whether partners.yaml had the schedule paused when it was last applied. */
const PAUSED_MEMO = 'pausedInFile';
/** A field of the action's memo: failures up to this time no longer count towards `pauseAfterFailures`. */
export const FAILURES_SEEN_MEMO = 'failuresSeenUntil';

/**
 * The schedule id of a partner and task queue. A partner's name has no dot, so that two of them never have the same
 * id.
 */
export function scheduleId({ partner, taskQueue }: ScheduleOwner): string {
  return `${taskQueue}.${partner}`;
}

/** The partner of a schedule id, or undefined if it is not a schedule of the task queue. */
export function partnerOfSchedule(id: string, taskQueue: string): string | undefined {
  const partner = id.startsWith(`${taskQueue}.`) ? id.slice(taskQueue.length + 1) : '.';
  return partner.includes('.') ? undefined : partner;
}

/** The schedule from partners.yaml, except for its state. */
export function scheduleOptions(owner: ScheduleOwner, schedule: Schedule) {
  const { every, cron, timeZone, jitter, catchUpWindow, paused } = schedule;
  return {
    spec:
      every === undefined
        ? // Temporal turns the expression into calendars and keeps the comment, from which we read it back.
          { cronExpressions: [`${cron} #${cron}`], timezone: timeZone ?? 'UTC', jitter }
        : { intervals: [{ every }], jitter },
    action: {
      type: 'startWorkflow' as const,
      workflowType: WORKFLOW_TYPE,
      taskQueue: owner.taskQueue,
      // Temporal appends the time. Runs of another task queue must not have the same workflow id.
      workflowId: scheduleId(owner),
      args: [{ partner: owner.partner } satisfies SyncInput],
      staticSummary: `Scheduled sync of ${owner.partner}`,
      memo: { [TRIGGER_MEMO]: 'schedule', [PAUSED_MEMO]: paused },
    },
    policies: {
      overlap: ScheduleOverlapPolicy.SKIP,
      catchupWindow: catchUpWindow,
      pauseOnFailure: false,
    },
  };
}

/** The settings of a schedule that differ from partners.yaml. */
export function compareSchedule(
  owner: ScheduleOwner,
  schedule: Schedule,
  description: ScheduleDescription,
): Difference[] {
  const found = foundSettings(description);
  return Object.entries(wantedSettings(owner, schedule)).flatMap(([setting, wanted]) => {
    const actual = found[setting] ?? '';
    return actual === wanted ? [] : { setting, found: actual, wanted };
  });
}

/** The times of a schedule in Temporal, written like those of partners.yaml. */
function foundTimes({ spec }: ScheduleDescription): string {
  const { intervals = [], calendars = [], skip = [], startAt, endAt, timezone } = spec;
  const [interval] = intervals;
  const [calendar] = calendars;
  if (skip.length === 0 && !startAt && !endAt && intervals.length + calendars.length === 1) {
    if (interval && !interval.offset) return timesAsWritten({ every: Number(interval.every) });
    if (calendar?.comment) {
      return timesAsWritten({ cron: calendar.comment, ...(timezone && { timeZone: timezone }) });
    }
  }
  return 'at times set by hand';
}

type Settings = Record<string, string>;

function wantedSettings(owner: ScheduleOwner, schedule: Schedule): Settings {
  const { spec, action, policies } = scheduleOptions(owner, schedule);
  return {
    times: timesAsWritten(schedule),
    jitter: durationInWords(spec.jitter),
    'catch-up window': durationInWords(policies.catchupWindow),
    'overlap policy': policies.overlap,
    'pause on failure': yesOrNo(policies.pauseOnFailure),
    'limit of runs': 'none',
    'task queue': action.taskQueue,
    workflow: `${action.workflowType} as ${action.workflowId}`,
    input: JSON.stringify(action.args),
    summary: action.staticSummary,
    payloads: 'plaintext',
    trigger: String(action.memo[TRIGGER_MEMO]),
    'paused in partners.yaml': yesOrNo(schedule.paused),
  };
}

function foundSettings(description: ScheduleDescription): Settings {
  const { spec, action, policies, state } = description;
  return {
    times: foundTimes(description),
    jitter: durationInWords(Number(spec.jitter ?? 0)),
    'catch-up window': durationInWords(policies.catchupWindow),
    'overlap policy': policies.overlap ?? '',
    'pause on failure': yesOrNo(policies.pauseOnFailure),
    'limit of runs': String(state.remainingActions ?? 'none'),
    'task queue': action.taskQueue,
    workflow: `${action.workflowType} as ${action.workflowId}`,
    input: JSON.stringify(action.args ?? []),
    summary: action.staticSummary ?? 'none',
    payloads: needsPayloadKey(description) ? 'encrypted' : 'plaintext',
    trigger: String(action.memo?.[TRIGGER_MEMO]),
    'paused in partners.yaml': yesOrNo(wasPausedInFile(description)),
  };
}

/** Whether partners.yaml had the schedule paused when it was last applied; undefined if that is unknown. */
export function wasPausedInFile({ action }: ScheduleDescription): boolean | undefined {
  const paused = action.memo?.[PAUSED_MEMO];
  return typeof paused === 'boolean' ? paused : undefined;
}

function yesOrNo(value: boolean | undefined): string {
  return value === undefined ? 'unknown' : value ? 'yes' : 'no';
}
