import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { ExpectedError } from '../../process/expected-error';
import { Conditions, isId } from '../lists/conditions';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import type { PageQuery, ProviderSort, providerFilterSchema } from '../lists/filters';
import { STREAM_PAGE, streamPages } from '../lists/stream-pages';
import type { Reader } from '../postgres/snapshot';
import { isStorable, storableText, storableTime } from '../postgres/storable-text';
import { isAtClinicNamed } from '../schema/clinic-key';
import { folded } from '../schema/folded';
import { addNarrowing, type ProviderNarrowing } from './narrow-providers';
import { PROVIDER_COLUMNS, type Provider, type ProviderRow, toProvider } from './provider-row';
import { isShort, isShortText } from './read-facets';

/** Without a status, the list shows all providers. */
export interface ProviderFilter extends Readonly<z.input<typeof providerFilterSchema>>, ProviderNarrowing {
  /** Our id of the run that brought the provider. */
  readonly firstRunId?: string | undefined;
  /** Our id of the run that waits for an approval to mark the provider as left. */
  readonly departingRunId?: string | undefined;
}

export type ProviderQuery = ProviderFilter & PageQuery;

interface Order {
  readonly column: string;
  readonly direction: 'ASC' | 'DESC';
  readonly keySchema: z.ZodType<string>;
  readonly keyOf: (row: ProviderRow) => string;
}

const LAST_CHANGE = {
  column: 'last_changed_at',
  keySchema: storableTime,
  keyOf: (row: ProviderRow) => row.lastChangedAt.toISOString(),
};

const ORDERS: Record<ProviderSort, Order> = {
  name: { column: 'name_key', direction: 'ASC', keySchema: storableText, keyOf: (row) => row.nameKey },
  lastChangedAt: { ...LAST_CHANGE, direction: 'ASC' },
  '-lastChangedAt': { ...LAST_CHANGE, direction: 'DESC' },
  '-firstSeenAt': {
    column: 'first_seen_at',
    direction: 'DESC',
    keySchema: storableTime,
    keyOf: (row) => row.firstSeenAt.toISOString(),
  },
};

/** No name has more words. */
const MAX_SEARCH_WORDS = 20;
/** A very common name may have more entries; these are enough to look at. */
const MAX_POSSIBLY_SAME = 20;

/**
 * Providers, page by page. A provider whose sort key stays the same appears on exactly one page. One whose key changes
 * meanwhile may appear twice or not at all, except with `lastChangedAt`: changed providers move to the end, so none is
 * missed.
 */
export async function listProviders(
  dataSource: Reader,
  { sort = 'name', limit, cursor, ...filter }: ProviderQuery,
): Promise<Page<Provider>> {
  const { column, direction, keySchema, keyOf } = ORDERS[sort];
  const conditions = toConditions(filter);
  if (cursor !== undefined) {
    const [, ...key] = decodeCursor(z.tuple([z.literal(sort), keySchema, z.guid()]), cursor);
    conditions.comesAfter(`${column}, id`, direction, key);
  }
  // Names that match are neighbours in the order of names, and a clinic has fewer people than Postgres estimates. So
  // Postgres would read the whole directory in that order. OFFSET 0 makes it find the matches first, and then sort.
  const isFoundFirst = filter.search?.trim() || filter.familyName?.how === 'contains' || filter.clinicKeys;
  const source = isFoundFirst
    ? `(SELECT * FROM providers WHERE ${conditions} OFFSET 0) providers`
    : `providers WHERE ${conditions}`;
  const rows: ProviderRow[] = await dataSource.query(
    `SELECT ${PROVIDER_COLUMNS} FROM ${source}
     ORDER BY ${column} ${direction}, id ${direction}
     LIMIT ${conditions.parameter(limit + 1)}`,
    conditions.parameters,
  );
  return toPage(rows, limit, toProvider, (row) => [sort, keyOf(row), row.id]);
}

/** The same as {@link listProviders}, but all providers at one moment, one by one; see {@link streamPages}. */
export function streamProviders(
  dataSource: DataSource,
  filter: ProviderFilter,
  signal?: AbortSignal,
  prepare?: (reader: Reader) => Promise<void>,
): AsyncIterable<Provider> {
  return streamPages(
    dataSource,
    (reader, cursor) => listProviders(reader, { ...filter, limit: STREAM_PAGE, cursor }),
    signal,
    prepare,
  );
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

/** The conditions on `providers` under which one matches the filter. */
export function toConditions(filter: Omit<ProviderFilter, 'sort'>): Conditions {
  const conditions = new Conditions();
  conditions.equals('partner', filter.partner);
  addTitle(conditions, filter.title);
  addClinic(conditions, filter.clinic);
  conditions.isSince('last_changed_at', filter.changedSince);
  if (filter.status === 'present') conditions.add('listed');
  if (filter.status === 'left') conditions.add('NOT listed');
  conditions.equalsId('first_run_id', filter.firstRunId);
  if (filter.departingRunId !== undefined) addDeparting(conditions, filter.departingRunId);
  addSearch(conditions, filter.search);
  addNarrowing(conditions, filter);
  return conditions;
}

function addDeparting(conditions: Conditions, runId: string): void {
  const ids = 'SELECT provider_id FROM pending_departures WHERE run_id =';
  conditions.add(isId(runId) ? `providers.id IN (${ids} ${conditions.parameter(runId)})` : 'false');
}

function addTitle(conditions: Conditions, title: string | undefined): void {
  conditions.equals('title', title);
  if (title !== undefined && isShortText(title)) conditions.add(isShort('title'));
}

/** The first condition is exact; an index answers the second one. */
function addClinic(conditions: Conditions, clinic: string | undefined): void {
  conditions.equals('clinic', clinic);
  if (clinic !== undefined && isStorable(clinic)) {
    conditions.add(isAtClinicNamed(`${conditions.parameter(clinic)}::text`));
  }
}

/** @throws ExpectedError when there are too many words */
function addSearch(conditions: Conditions, search = ''): void {
  if (search.trim() === '') return;
  // Words are separated by characters other than letters and digits, except those that folding removes.
  const words = new Set(search.match(/[\p{L}\p{M}\p{N}'’‘ʼ`´]+/gu));
  if (words.size > MAX_SEARCH_WORDS) {
    throw new ExpectedError(`The search has ${words.size} words: use at most ${MAX_SEARCH_WORDS}.`);
  }
  if (words.size === 0) conditions.add('false');
  for (const word of words) {
    // A word that folds to nothing becomes NULL and so matches no name.
    const part = `nullif(${folded(`${conditions.parameter(word)}::text`)}, '')`;
    conditions.add(`name_key LIKE '%' || ${part} || '%'`);
  }
}
