import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { PRUNE_WORKFLOW_TYPE } from '../../contract/names';
import { scheduleClient } from './schedule-client';
import { MANAGED_MEMO } from './schedule-settings';
import { type ScheduleState, stateOf } from './schedules';

/** Every night. */
const CRON = '30 3 * * *';
const JITTER_MS = 15 * 60_000;
/** A night that Temporal missed is made up for within this time. */
const CATCH_UP_MS = 12 * 60 * 60_000;

/** The change of the schedule that removes old history. With `dryRun`, the change that would be made. */
export type PruneScheduleChange = 'created' | 'updated' | 'unchanged' | 'refused';

/**
 * The schedule id, with which the workflow ids of its runs begin. A partner's name has no dot, so that no partner's
 * schedule has this id.
 */
export function pruneScheduleId(taskQueue: string): string {
  return `${taskQueue}.history.prune`;
}

/**
 * Creates Temporal's schedule that removes old history, or corrects it. An operator's pause stays. Several processes may
 * do this at the same time.
 */
export async function applyPruneSchedule(
  client: Client,
  taskQueue: string,
  { dryRun = false } = {},
): Promise<PruneScheduleChange> {
  const options = pruneScheduleOptions(taskQueue);
  const before = await findPruneSchedule(client, taskQueue);
  if (!before) {
    if (!dryRun) await create(client, taskQueue, options);
    return 'created';
  }
  if (before.memo?.[MANAGED_MEMO] === undefined) return 'refused';
  if (isCurrent(before, options)) return 'unchanged';
  if (!dryRun) {
    await scheduleClient(client)
      .getHandle(pruneScheduleId(taskQueue))
      .update(({ state }) => ({ ...options, state }));
  }
  return 'updated';
}

/** The state of the schedule; null if there is none. */
export async function readPruneSchedule(client: Client, taskQueue: string): Promise<ScheduleState | null> {
  const found = await findPruneSchedule(client, taskQueue);
  return found ? stateOf(found) : null;
}

async function findPruneSchedule(client: Client, taskQueue: string): Promise<ScheduleDescription | null> {
  try {
    return await scheduleClient(client).getHandle(pruneScheduleId(taskQueue)).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

async function create(client: Client, taskQueue: string, options: Options): Promise<void> {
  try {
    await scheduleClient(client).create({
      scheduleId: pruneScheduleId(taskQueue),
      ...options,
      memo: { [MANAGED_MEMO]: { taskQueue } },
    });
  } catch (error) {
    // Another process was faster.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

type Options = ReturnType<typeof pruneScheduleOptions>;

function pruneScheduleOptions(taskQueue: string) {
  return {
    // Temporal turns the expression into calendars and keeps the comment, from which it is read back.
    spec: { cronExpressions: [`${CRON} #${CRON}`], timezone: 'UTC', jitter: JITTER_MS },
    action: {
      type: 'startWorkflow' as const,
      workflowType: PRUNE_WORKFLOW_TYPE,
      taskQueue,
      workflowId: pruneScheduleId(taskQueue),
      args: [],
      staticSummary: 'Remove old history',
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS, pauseOnFailure: false },
  };
}

function isCurrent({ spec, action, policies }: ScheduleDescription, options: Options): boolean {
  const [calendar, ...others] = spec.calendars ?? [];
  return (
    calendar?.comment === CRON &&
    others.length === 0 &&
    (spec.intervals ?? []).length === 0 &&
    Number(spec.jitter ?? 0) === JITTER_MS &&
    action.workflowType === options.action.workflowType &&
    action.taskQueue === options.action.taskQueue &&
    (action.args ?? []).length === 0 &&
    policies.catchupWindow === CATCH_UP_MS
  );
}
