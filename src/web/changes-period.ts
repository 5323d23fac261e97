import { z } from 'zod';
import { moment } from '../store/lists/filters';
import { storableMoment } from '../store/lists/storable-moment';
import { DAY_MS, PERIODS, startOf } from './periods';

/** The periods that people choose by name. */
export const CHANGES_PERIODS = {
  today: PERIODS.today.label,
  '7d': PERIODS['7d'].label,
  '30d': PERIODS['30d'].label,
  visit: 'Since my last visit',
  all: 'All time',
} as const;
export type ChangesPeriod = keyof typeof CHANGES_PERIODS;

const aDay = z.iso.date();
const dayOrTime = z
  .union([aDay, moment], { error: 'is not a day such as 2026-03-01, or a time such as 2026-03-01T08:30:00Z' })
  .optional();

/** The times of the page: a period by name, or days in UTC, or exact times. */
export const periodQuery = {
  period: z
    .enum(Object.keys(CHANGES_PERIODS) as [ChangesPeriod, ...ChangesPeriod[]])
    .optional()
    .catch(undefined),
  since: dayOrTime,
  until: dayOrTime,
};

/** A period that is in force; times in ISO 8601. */
export interface PeriodInForce {
  /** Null if the query gives times. */
  readonly name: ChangesPeriod | null;
  readonly since: string | undefined;
  readonly until: string | undefined;
}

/**
 * The period of a query. Given times count more than a name. The last day of a period belongs to it.
 *
 * @param usual the period of a query without any
 * @param lastVisit the beginning of `visit`; if it is not known, the usual period stands for it
 */
export function periodOf(
  { period, since, until }: Readonly<z.output<z.ZodObject<typeof periodQuery>>>,
  usual: Exclude<ChangesPeriod, 'visit'>,
  lastVisit: string | null,
  now = new Date(),
): PeriodInForce {
  if (since !== undefined || until !== undefined) {
    return {
      name: null,
      since: since && storableMoment(since).toISOString(),
      until: until && storableMoment(isDay(until) ? Date.parse(until) + DAY_MS : until).toISOString(),
    };
  }
  if (period === 'visit' && lastVisit !== null) return { name: 'visit', since: lastVisit, until: undefined };
  const name = period === undefined || period === 'visit' ? usual : period;
  return { name, since: name === 'all' ? undefined : startOf(name, now), until: undefined };
}

/** Whether a time of the query is a whole day, and not an exact time. */
export function isDay(text: string): boolean {
  return aDay.safeParse(text).success;
}
