import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import { scheduleClient } from './schedule-client';
import { type ScheduleOwner, scheduleId } from './schedule-settings';

/** Temporal's description of the schedule, or undefined if there is none. */
export async function findSchedule(
  client: Client,
  owner: ScheduleOwner,
): Promise<ScheduleDescription | undefined> {
  try {
    return await scheduleClient(client).getHandle(scheduleId(owner)).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}
