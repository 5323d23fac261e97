import type { z } from 'zod';
import type { ChangeFilter } from '../store/lists/filters';
import { addressWith } from './addresses';
import type { PeriodInForce, periodQuery } from './changes-period';

/** The query of the page of changes, without its cursor. */
export type ChangesQuery = Omit<ChangeFilter, 'since' | 'until'> &
  Readonly<z.output<z.ZodObject<typeof periodQuery>>>;

/** The filter that is in force, as the API takes it. */
export function filterOf(
  { period: _, ...query }: ChangesQuery,
  { since, until }: PeriodInForce,
): ChangeFilter {
  return { ...query, since, until };
}

/** The address of the page with this query. */
export function addressOf(query: ChangesQuery): string {
  return addressWith('/changes', query);
}
