import { type Client, ScheduleNotFoundError } from '@temporalio/client';
import type { Partners } from '../../src/partner/config/partner';
import { parsePartners } from '../../src/partner/config/partners-file';
import { partnersFile } from './partners';

/** So far apart that no test meets one of its times. */
export const NEVER = { every: '366d' };

/** Partners that differ from Noteworth in nothing but name and schedule; undefined is none. */
export function partnersWithSchedules(schedules: Record<string, object | undefined>): Partners {
  const none = { every: undefined, jitter: undefined };
  const entries = Object.entries(schedules).map(([name, schedule]): [string, Record<string, unknown>] => [
    name,
    { schedule: schedule && { ...none, ...schedule } },
  ]);
  return parsePartners(partnersFile(entries), {});
}

/** IDs of the schedules of a task queue, whoever made them, as Temporal lists them a moment later. */
export async function scheduleIds(client: Client, taskQueue: string): Promise<string[]> {
  const page = await client.workflowService.listSchedules({
    namespace: client.options.namespace,
    maximumPageSize: 1000,
  });
  return page.schedules
    .flatMap(({ scheduleId }) => (scheduleId?.startsWith(taskQueue) ? scheduleId : []))
    .sort();
}

/** Temporal's list may still name some that are gone. */
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
