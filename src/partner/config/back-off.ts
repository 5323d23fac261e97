import type { Partner } from './partner';

/** While a partner fails, at least this many scheduled runs fit into the time for which its data is fresh. */
const RUNS_IN_PROMISE = 4;

/** When a partner that keeps failing is asked less often. */
export interface BackOff {
  /** The number of failed runs in a row. */
  readonly after: number;
  /** The longest time between two scheduled runs, in milliseconds. */
  readonly atMost: number;
}

/** The back-off of a partner; null if it has none, or no schedule. */
export function backOffOf({ schedule, freshFor }: Pick<Partner, 'schedule' | 'freshFor'>): BackOff | null {
  if (!schedule || schedule.backOff.atMost === 0) return null;
  const { after, atMost } = schedule.backOff;
  return { after, atMost: Math.min(atMost, freshFor / RUNS_IN_PROMISE) };
}

/**
 * Milliseconds from the start of a failed run to the next scheduled one.
 *
 * @param failures the number of failed runs in a row
 * @param usual milliseconds between two times of the schedule
 */
export function pauseAfter(failures: number, usual: number, backOff: BackOff | null): number {
  if (backOff === null) return usual;
  const doublings = Math.max(0, failures - backOff.after + 1);
  return Math.max(usual, Math.min(usual * 2 ** doublings, backOff.atMost));
}
