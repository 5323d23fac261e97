import { readLastGoodRuns } from '../../store/runs/read-last-good-runs';
import type { OperationContext } from '../context';
import { freshnessOf } from './freshness';

/** A partner whose providers in the directory may be outdated. */
export interface StalePartner {
  readonly name: string;
  /** When its last good run ended (ISO 8601, UTC). */
  readonly lastSucceededAt: string;
}

/**
 * The partners whose data is older than `freshFor`. A partner without a good run has no data, and one that partners.yaml
 * no longer has makes no promise.
 *
 * @param among the only partner to look at; all by default
 */
export async function readStalePartners(
  { dataSource, partners }: Pick<OperationContext, 'dataSource' | 'partners'>,
  among?: string,
): Promise<StalePartner[]> {
  const asked = [...partners.values()].filter(({ name }) => among === undefined || name === among);
  const ends = await readLastGoodRuns(
    dataSource,
    asked.map(({ name }) => name),
  );
  return asked.flatMap((partner) => {
    const lastSucceededAt = ends.get(partner.name);
    if (lastSucceededAt === undefined || freshnessOf(partner, lastSucceededAt).isFresh) return [];
    return [{ name: partner.name, lastSucceededAt }];
  });
}
