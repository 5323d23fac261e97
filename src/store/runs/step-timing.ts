/** When a step of a run was first scheduled (ISO 8601, UTC), and how many attempts it took. */
export interface StepTiming {
  readonly scheduledAt: string;
  readonly attempts: number;
}

/**
 * The part of an UPDATE of `sync_runs` that records the timing of a step.
 *
 * @param timing the parameter with the {@link StepTiming} as JSON; null keeps what the table has
 */
export function setTiming(step: 'storing' | 'closing', timing: string): string {
  return `
    ${step}_scheduled_at = coalesce((${timing}::jsonb ->> 'scheduledAt')::timestamptz, ${step}_scheduled_at),
    ${step}_attempts = coalesce((${timing}::jsonb ->> 'attempts')::integer, ${step}_attempts)`;
}

/** The value of the parameter of {@link setTiming}. */
export function timingValue(timing: StepTiming | undefined): string | null {
  return timing === undefined ? null : JSON.stringify(timing);
}
