import { ScheduleNotFoundError } from '@temporalio/client';
import { pauseSchedule, resumeSchedule } from '../temporal/schedules/schedules';
import { askTemporal } from './ask-temporal';
import type { OperationContext } from './context';

const ACTIONS = { pause: pauseSchedule, resume: resumeSchedule } as const;

export type ScheduleAction = keyof typeof ACTIONS;

export interface ScheduleRequest {
  readonly partner: string;
  readonly action: ScheduleAction;
  /** Who changes it, or why. */
  readonly note: string;
}

/** The result of a request to change a schedule. */
export type ScheduleChanged = 'changed' | 'unknown partner' | 'no schedule';

/** Pauses or resumes the schedule of a partner. */
export async function changeSchedule(
  { client, temporal, partners }: OperationContext,
  { partner, action, note }: ScheduleRequest,
): Promise<ScheduleChanged> {
  if (!partners.has(partner)) return 'unknown partner';
  const owner = { partner, taskQueue: temporal.taskQueue };
  try {
    await askTemporal(client, () => ACTIONS[action](client, owner, note));
    return 'changed';
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return 'no schedule';
    throw error;
  }
}
