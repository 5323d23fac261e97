import type { DataSource } from 'typeorm';
import { isId } from '../lists/conditions';
import type { Page } from '../lists/cursor';
import type { Reader } from '../postgres/snapshot';
import { type ProviderQuery, readProviderPage } from './provider-page';
import { PROVIDER_COLUMNS, type Provider, type ProviderRow, toProvider } from './provider-row';

/** A very common name may have more entries; these are enough to look at. */
const MAX_POSSIBLY_SAME = 20;

/**
 * Providers, page by page. A provider whose sort key stays the same appears on exactly one page. One whose key changes
 * meanwhile may appear twice or not at all, except with `lastChangedAt`: changed providers move to the end, so none is
 * missed.
 */
export async function listProviders(dataSource: Reader, query: ProviderQuery): Promise<Page<Provider>> {
  const { items, nextCursor } = await readProviderPage(dataSource, query);
  return { items, nextCursor };
}

/** The providers that a run brought for the first time, by name. */
export function listNewProviders(
  dataSource: DataSource,
  { runId, ...page }: { runId: string; limit: number; cursor?: string | undefined },
): Promise<Page<Provider>> {
  return listProviders(dataSource, { firstRunId: runId, ...page });
}

/** The providers that a run marks as left if its snapshot is approved, by name; none after the decision. */
export function listDepartingProviders(
  dataSource: DataSource,
  { runId, ...page }: { runId: string; limit: number; cursor?: string | undefined },
): Promise<Page<Provider>> {
  return listProviders(dataSource, { departingRunId: runId, ...page });
}

/** Null if there is no provider with this id. */
export async function getProvider(dataSource: DataSource, id: string): Promise<Provider | null> {
  if (!isId(id)) return null;
  const [row]: [ProviderRow?] = await dataSource.query(
    `SELECT ${PROVIDER_COLUMNS} FROM providers WHERE id = $1`,
    [id],
  );
  return row ? toProvider(row) : null;
}

/** Other entries, of any partner, with the same name; case, accents and punctuation are ignored. */
export async function findPossibleSamePersons(dataSource: DataSource, id: string): Promise<Provider[]> {
  if (!isId(id)) return [];
  const rows: ProviderRow[] = await dataSource.query(
    `SELECT ${PROVIDER_COLUMNS} FROM providers
     WHERE name_key = (SELECT name_key FROM providers WHERE id = $1) AND id <> $1
     ORDER BY partner, id LIMIT ${MAX_POSSIBLY_SAME}`,
    [id],
  );
  return rows.map(toProvider);
}
