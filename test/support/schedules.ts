import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import type { Partners } from '../../src/partner/config/partner';
import { parsePartners } from '../../src/partner/config/partners-file';
import { partnersFile } from './partners';

/** The times are so far apart that none occurs during a test. */
export const NEVER = { every: '366d' };

/** More than a test takes on a busy machine. */
const BEFORE_HOUR_MS = 2 * 60_000;
/** Temporal starts what is planned for the hour a moment later. */
const AFTER_HOUR_MS = 10_000;
const HOUR_MS = 60 * 60_000;

/** Waits until a full hour that is near is over, so that no time of an hourly schedule comes in the test. */
export async function awayFromHour(): Promise<void> {
  const sinceStart = (Date.now() - AFTER_HOUR_MS) % HOUR_MS;
  const left = HOUR_MS - sinceStart;
  if (left < BEFORE_HOUR_MS + AFTER_HOUR_MS) await sleep(left);
}

/** Partners that differ from Noteworth only in name and schedule; undefined means no schedule. */
export function partnersWithSchedules(schedules: Record<string, object | undefined>): Partners {
  const none = { every: undefined, jitter: undefined };
  const entries = Object.entries(schedules).map(([name, schedule]): [string, Record<string, unknown>] => [
    name,
    { schedule: schedule && { ...none, ...schedule } },
  ]);
  return parsePartners(partnersFile(entries), {});
}

/** The IDs of all schedules of a task queue. Temporal lists a change a moment later. */
export async function scheduleIds(client: Client, taskQueue: string): Promise<string[]> {
  const page = await client.workflowService.listSchedules({
    namespace: client.options.namespace,
    maximumPageSize: 1000,
  });
  return page.schedules
    .flatMap(({ scheduleId }) => (scheduleId?.startsWith(taskQueue) ? scheduleId : []))
    .sort();
}

/** Temporal's list may still name deleted schedules. */
export async function removeSchedules(client: Client, taskQueue: string): Promise<void> {
  for (const id of await scheduleIds(client, taskQueue)) {
    await client.schedule
      .getHandle(id)
      .delete()
      .catch((error) => {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      });
  }
}
