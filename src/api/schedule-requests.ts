import { ScheduleNotFoundError } from '@temporalio/client';
import { pauseSchedule, resumeSchedule } from '../temporal/schedules';
import { askTemporal } from './ask-temporal';
import type { ApiContext } from './context';
import { ProblemError } from './problem';

const ACTIONS = { pause: pauseSchedule, resume: resumeSchedule } as const;

export type ScheduleAction = keyof typeof ACTIONS;

export interface ScheduleRequest {
  readonly partner: string;
  readonly action: ScheduleAction;
  /** Who did it, or why. */
  readonly note: string;
}

/**
 * Pauses or resumes the schedule of a partner.
 *
 * @throws ProblemError 404 for a partner that is not configured, 409 for one without a schedule
 */
export async function changeSchedule(
  { client, temporal, partners }: ApiContext,
  { partner, action, note }: ScheduleRequest,
): Promise<void> {
  if (!partners.has(partner)) {
    throw new ProblemError(404, 'There is no partner of this name in partners.yaml.');
  }
  const owner = { partner, taskQueue: temporal.taskQueue };
  try {
    await askTemporal(client, () => ACTIONS[action](client, owner, note));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new ProblemError(409, `${partner} has no schedule; add one to partners.yaml.`);
  }
}
