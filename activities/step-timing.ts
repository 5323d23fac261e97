import { Context } from '@temporalio/activity';
import type { StepTiming } from '../src/store/runs/step-timing';

/**
 * When the step that is running was scheduled, and which attempt this is.
 *
 * @param scheduledAt as the workflow reports it; by default the time of the activity's first attempt
 */
export function stepTiming(scheduledAt?: string): StepTiming {
  const { scheduledTimestampMs, attempt } = Context.current().info;
  return { scheduledAt: scheduledAt ?? new Date(scheduledTimestampMs).toISOString(), attempts: attempt };
}
