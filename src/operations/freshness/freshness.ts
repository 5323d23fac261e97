import type { Partner } from '../../partner/config/partner';

/** How recent the data of a partner is. `freshFor` in partners.yaml is a promise: no older than this. */
export interface Freshness {
  /** Whether the last successful run is recent enough. */
  readonly isFresh: boolean;
  readonly freshForMs: number;
  readonly lastSucceededAt: string | null;
  /** When the promise is broken, or was broken, without another successful run (ISO 8601, UTC); null before the first one. */
  readonly freshUntil: string | null;
}

/** @param lastSucceededAt the end of the partner's last good run; null before the first one */
export function freshnessOf(
  { freshFor }: Pick<Partner, 'freshFor'>,
  lastSucceededAt: string | null,
): Freshness {
  if (lastSucceededAt === null) {
    return { isFresh: false, freshForMs: freshFor, lastSucceededAt, freshUntil: null };
  }
  const until = Date.parse(lastSucceededAt) + freshFor;
  const freshUntil = new Date(until).toISOString();
  return { isFresh: Date.now() <= until, freshForMs: freshFor, lastSucceededAt, freshUntil };
}
