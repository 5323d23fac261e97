import type { DataSource } from 'typeorm';
import { sampleDirectory } from './directory-sample';
import { type ProviderFilter, toConditions } from './provider-filter';
import { readSizes } from './read-stats';
import { estimateMatches } from './search-way';
import { isSearch } from './search-words';

/** The number of providers in a list. */
export interface Count {
  readonly count: number;
  /** False if there are more. */
  readonly isExact: boolean;
}

/** Counting more of them would take longer than reading a page. */
const MOST = 10_000;
/** The estimate may be wrong by this factor. */
const SAFETY = 2;

/**
 * The number of providers in a list. Without other filters than partner and status it is always exact, otherwise up to
 * ten thousand.
 */
export async function countProviders(
  dataSource: DataSource,
  { sort: _sort, ...filter }: ProviderFilter,
): Promise<Count> {
  const { partner, status = 'all', ...others } = filter;
  if (Object.values(others).every((value) => value === undefined)) {
    return { count: await countByStatus(dataSource, partner, status), isExact: true };
  }
  if (isSearch(filter)) {
    const { atLeast, isCheap } = estimateMatches(await sampleDirectory(dataSource), filter, SAFETY);
    if (atLeast > MOST || !isCheap) return { count: Math.min(MOST, atLeast), isExact: false };
  }
  const conditions = toConditions(filter);
  const [{ count }]: [{ count: number }] = await dataSource.query(
    `SELECT count(*)::integer AS count
     FROM (SELECT FROM providers WHERE ${conditions} LIMIT ${MOST + 1}) found`,
    conditions.parameters,
  );
  return { count: Math.min(count, MOST), isExact: count <= MOST };
}

async function countByStatus(
  dataSource: DataSource,
  partner: string | undefined,
  status: 'present' | 'left' | 'all',
): Promise<number> {
  const sizes = await readSizes(dataSource);
  const counted = [...sizes].filter(([name]) => partner === undefined || name === partner);
  return counted.reduce((sum, [, { total, listed }]) => {
    if (status === 'all') return sum + total;
    return sum + (status === 'present' ? listed : total - listed);
  }, 0);
}
