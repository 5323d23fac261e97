import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
} from '@temporalio/client';
import type { Partners } from '../../partner/config/partner';
import type { Schedule } from '../../partner/config/schedule';
import { ExpectedError } from '../../process/expected-error';
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
import { findSchedule } from './schedules';

/** What became of a partner's schedule; with `dryRun`, what would. */
export interface AppliedSchedule {
  readonly partner: string;
  readonly scheduleId: string;
  /** `kept`: partners.yaml has no such schedule; it is removed with `prune` only. */
  readonly change: 'created' | 'updated' | 'unchanged' | 'kept' | 'removed' | 'refused';
  /** For an updated one: what was not as partners.yaml wants it. */
  readonly differences: readonly Difference[];
  /** For a refused or kept one: why. */
  readonly reason: string | null;
}

/** Said of a schedule that another partners.yaml may still have; therefore nothing removes it unasked. */
export const NOT_IN_FILE =
  'partners.yaml has no schedule for it; remove it with: npx provider-sync schedules apply --prune';

type Change = Pick<AppliedSchedule, 'change'> & Partial<AppliedSchedule>;

/**
 * Makes Temporal's schedules for this task queue what partners.yaml says: one for each partner that has a
 * `schedule`. Any number of processes may do so at once, any number of times; schedules that were not made here
 * stay as they are, and so does an operator's pause.
 *
 * @param options.prune whether schedules are removed that partners.yaml no longer has
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
    // Where another process was faster, what it made is compared like any other.
    const found = before ?? (await findSchedule(client, owner));
    if (!found) throw new ExpectedError('Another process removes it at this moment; apply again.');
    if (found.memo?.[MANAGED_MEMO] === undefined) {
      throw new ExpectedError(
        `Temporal has a schedule ${found.scheduleId} that provider-sync did not make; delete it and apply again.`,
      );
    }
    const differences = compareSchedule(owner, schedule, found);
    if (differences.length === 0) return { change: 'unchanged' };
    if (!dryRun) await sendingTimes(() => update(client, owner, schedule));
    return { change: 'updated', differences };
  } catch (error) {
    if (error instanceof ExpectedError) return { change: 'refused', reason: error.message };
    throw error;
  }
}

/** @returns false where it is there already */
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
      const { action, ...options } = scheduleOptions(owner, schedule);
      const failuresSeen = found.action.memo?.[FAILURES_SEEN_MEMO];
      const memo = {
        ...action.memo,
        ...(typeof failuresSeen === 'string' && { [FAILURES_SEEN_MEMO]: failuresSeen }),
      };
      return { ...options, action: { ...action, memo }, state: stateAfterwards(schedule, found) };
    });
}

/** An operator's pause stays, unless partners.yaml has changed its mind since. */
function stateAfterwards(schedule: Schedule, found: ScheduleDescription) {
  const before = wasPausedInFile(found);
  if (before !== undefined && before !== schedule.paused) return stateInFile(schedule);
  const { paused, note } = found.state;
  return { paused, ...(note !== undefined && { note }) };
}

function stateInFile({ paused }: Schedule) {
  return { paused, note: paused ? 'Paused in partners.yaml' : '' };
}

/** @returns false where somebody else was faster */
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
 * Partners with a schedule made here. Read as Temporal gives it: the SDK would decode the memos of all
 * schedules in the namespace, and fail at those of others.
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

/** The SDK passes on as a TypeError what Temporal finds wrong with the times. */
async function sendingTimes<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ExpectedError(`Temporal does not take its times: ${error.message}.`);
  }
}
