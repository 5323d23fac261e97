import type { Partner } from '../../partner/config/partner';
import type { PartnerStats } from '../../store/directory/read-stats';

/** How recent the data of a partner is. `freshFor` in partners.yaml is a promise: no older than this. */
export interface Freshness {
  /** Whether the last successful run is recent enough. */
  readonly isFresh: boolean;
  readonly freshForMs: number;
  readonly lastSucceededAt: string | null;
  /** When the promise is broken, or was broken, without another successful run (ISO 8601, UTC); null before the first one. */
  readonly freshUntil: string | null;
}

/** @param stats the partner's figures; undefined before its first run */
export function freshnessOf(
  { freshFor }: Pick<Partner, 'freshFor'>,
  stats: Pick<PartnerStats, 'lastSuccess'> | undefined,
): Freshness {
  const lastSucceededAt = stats?.lastSuccess?.finishedAt ?? null;
  if (lastSucceededAt === null) {
    return { isFresh: false, freshForMs: freshFor, lastSucceededAt, freshUntil: null };
  }
  const until = Date.parse(lastSucceededAt) + freshFor;
  const freshUntil = new Date(until).toISOString();
  return { isFresh: Date.now() <= until, freshForMs: freshFor, lastSucceededAt, freshUntil };
}
