import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
} from '@temporalio/client';
import type { Partners } from '../../partner/config/partner';
import type { Schedule } from '../../partner/config/schedule';
import { ExpectedError } from '../../process/expected-error';
import { BACK_OFF_MEMO, backOffUntil, usualSpec } from './back-off';
import { findSchedule } from './find-schedule';
import { scheduleClient } from './schedule-client';
import {
  compareSchedule,
  type Difference,
  FAILURES_SEEN_MEMO,
  MANAGED_MEMO,
  partnerOfSchedule,
  type ScheduleOwner,
  scheduleId,
  scheduleOptions,
  wasPausedInFile,
} from './schedule-settings';

/** The change of a partner's schedule. With `dryRun`, the change that would be made. */
export interface AppliedSchedule {
  readonly partner: string;
  readonly scheduleId: string;
  /** `kept`: partners.yaml has no such schedule. It is removed with `prune` only. */
  readonly change: 'created' | 'updated' | 'unchanged' | 'kept' | 'removed' | 'refused';
  /** For an updated schedule: the settings that differed from partners.yaml. */
  readonly differences: readonly Difference[];
  /** Why a schedule was refused or kept; otherwise null. */
  readonly reason: string | null;
}

/** The reason for a kept schedule. Another partners.yaml may still have it, so that it is not removed by default. */
export const NOT_IN_FILE =
  'partners.yaml has no schedule for it. Remove it with: npx provider-sync schedules apply --prune';

type Change = Pick<AppliedSchedule, 'change'> & Partial<AppliedSchedule>;

/**
 * Creates and updates Temporal's schedules for this task queue after partners.yaml: one for each partner that has a
 * `schedule`. Several processes may do this at the same time. Schedules that provider-sync did not create stay as they
 * are, and so does an operator's pause.
 *
 * @param options.prune whether to remove schedules that partners.yaml no longer has
 */
export async function applySchedules(
  client: Client,
  taskQueue: string,
  partners: Partners,
  { dryRun = false, prune = false } = {},
): Promise<AppliedSchedule[]> {
  const applied: AppliedSchedule[] = [];
  const report = ({ partner, taskQueue }: ScheduleOwner, change: Change) =>
    applied.push({
      partner,
      scheduleId: scheduleId({ partner, taskQueue }),
      differences: [],
      reason: null,
      ...change,
    });
  for (const { name: partner, schedule } of partners.values()) {
    const owner = { partner, taskQueue };
    if (schedule) report(owner, await apply(client, owner, schedule, dryRun));
  }
  for (const partner of await managedPartners(client, taskQueue)) {
    const owner = { partner, taskQueue };
    if (partners.get(partner)?.schedule) continue;
    if (!prune) report(owner, { change: 'kept', reason: NOT_IN_FILE });
    else if (dryRun || (await remove(client, owner))) report(owner, { change: 'removed' });
  }
  return applied;
}

async function apply(
  client: Client,
  owner: ScheduleOwner,
  schedule: Schedule,
  dryRun: boolean,
): Promise<Change> {
  try {
    const before = await findSchedule(client, owner);
    if (!before) {
      if (dryRun || (await sendingTimes(() => create(client, owner, schedule)))) return { change: 'created' };
    }
    // If another process was faster, its schedule is compared like any other.
    const found = before ?? (await findSchedule(client, owner));
    if (!found) throw new ExpectedError('Another process is removing it. Apply again.');
    if (found.memo?.[MANAGED_MEMO] === undefined) {
      throw new ExpectedError(
        `Temporal has a schedule ${found.scheduleId} that provider-sync did not make. Delete it and apply again.`,
      );
    }
    const differences = compareSchedule(owner, schedule, { ...found, spec: usualSpec(found) });
    if (schedule.backOff.atMost === 0 && backOffUntil(found)) {
      differences.push({ setting: 'back-off', found: 'active', wanted: 'none' });
    }
    if (differences.length === 0) return { change: 'unchanged' };
    if (!dryRun) await sendingTimes(() => update(client, owner, schedule));
    return { change: 'updated', differences };
  } catch (error) {
    if (error instanceof ExpectedError) return { change: 'refused', reason: error.message };
    throw error;
  }
}

/** @returns false if it already exists */
async function create(client: Client, owner: ScheduleOwner, schedule: Schedule): Promise<boolean> {
  try {
    await scheduleClient(client).create({
      scheduleId: scheduleId(owner),
      ...scheduleOptions(owner, schedule),
      memo: { [MANAGED_MEMO]: owner },
      state: stateInFile(schedule),
    });
    return true;
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false;
    throw error;
  }
}

async function update(client: Client, owner: ScheduleOwner, schedule: Schedule): Promise<void> {
  await scheduleClient(client)
    .getHandle(scheduleId(owner))
    .update((found) => {
      const { action, spec, ...options } = scheduleOptions(owner, schedule);
      const failuresSeen = found.action.memo?.[FAILURES_SEEN_MEMO];
      const startAt = schedule.backOff.atMost > 0 ? backOffUntil(found) : null;
      const memo = {
        ...action.memo,
        ...(typeof failuresSeen === 'string' && { [FAILURES_SEEN_MEMO]: failuresSeen }),
        ...(startAt && { [BACK_OFF_MEMO]: startAt.toISOString() }),
      };
      return {
        ...options,
        spec: { ...spec, ...(startAt && { startAt }) },
        action: { ...action, memo },
        state: stateAfterwards(schedule, found),
      };
    });
}

/** An operator's pause and a back-off stay, unless `paused` in partners.yaml has changed since. */
function stateAfterwards(schedule: Schedule, found: ScheduleDescription) {
  const before = wasPausedInFile(found);
  if (before !== undefined && before !== schedule.paused) return stateInFile(schedule);
  const { paused, note } = found.state;
  const isOld = backOffUntil(found) !== null && schedule.backOff.atMost === 0;
  return { paused, ...(note !== undefined && !isOld && { note }) };
}

function stateInFile({ paused }: Schedule) {
  return { paused, note: paused ? 'Paused in partners.yaml' : '' };
}

/** @returns false if another process was faster */
async function remove(client: Client, owner: ScheduleOwner): Promise<boolean> {
  try {
    await scheduleClient(client).getHandle(scheduleId(owner)).delete();
    return true;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false;
    throw error;
  }
}

/**
 * The partners of our schedules. The memos are not decoded: the SDK would decode the memos of all schedules in the
 * namespace, and fail for those of other programs.
 */
export async function managedPartners(client: Client, taskQueue: string): Promise<string[]> {
  const { namespace } = client.options;
  const partners: string[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = await client.workflowService.listSchedules({ namespace, nextPageToken });
    for (const { scheduleId, memo } of page.schedules) {
      const partner = partnerOfSchedule(scheduleId ?? '', taskQueue);
      if (partner !== undefined && memo?.fields?.[MANAGED_MEMO]) partners.push(partner);
    }
    nextPageToken = page.nextPageToken;
  } while (nextPageToken.length > 0);
  return partners;
}

/** The SDK throws a TypeError if Temporal refuses the times. */
async function sendingTimes<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ExpectedError(`Temporal refuses its times: ${error.message}.`);
  }
}
