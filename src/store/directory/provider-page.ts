import { z } from 'zod';
import { decodeCursor, encodeCursor, type Page } from '../lists/cursor';
import type { PageQuery, ProviderSort } from '../lists/filters';
import type { Reader } from '../postgres/snapshot';
import { sampleDirectory } from './directory-sample';
import { addNameRange, type NameRange, rangesOf } from './name-letters';
import { type ProviderFilter, toConditions } from './provider-filter';
import { PROVIDER_ORDERS, type ProviderOrder, reversed } from './provider-orders';
import { PROVIDER_COLUMNS, type Provider, type ProviderRow, toProvider } from './provider-row';
import { planSearch, type SearchPlan } from './search-way';
import { isSearch } from './search-words';

export type ProviderQuery = ProviderFilter & PageQuery;

/** A page of a list that can also be read backwards. */
export interface ProviderPage extends Page<Provider> {
  /** Opaque, like the next one; null on the first page. */
  readonly previousCursor: string | null;
}

/** Ends the cursor of a previous page. */
const BEFORE = 'before';

interface Place {
  readonly key: readonly [key: string, id: string];
  /** Whether the page ends before this place, instead of beginning after it. */
  readonly isEnd: boolean;
}

/** A page of {@link listProviders}, with the way back. */
export async function readProviderPage(
  reader: Reader,
  { sort = 'name', limit, cursor, ...filter }: ProviderQuery,
): Promise<ProviderPage> {
  const order = PROVIDER_ORDERS[sort];
  const place = cursor === undefined ? null : readCursor(sort, cursor);
  const rows = await readRows(reader, filter, {
    order: place?.isEnd ? reversed(order) : order,
    after: place?.key,
    limit: limit + 1,
  });
  const isMore = rows.length > limit;
  const shown = rows.slice(0, limit);
  if (place?.isEnd) shown.reverse();
  const cursorOf = (row: ProviderRow | undefined, ...end: string[]) =>
    row ? encodeCursor([sort, order.keyOf(row), row.id, ...end]) : null;
  return {
    items: shown.map(toProvider),
    nextCursor: isMore || place?.isEnd ? cursorOf(shown.at(-1)) : null,
    previousCursor: place && (isMore || !place.isEnd) ? cursorOf(shown[0], BEFORE) : null,
  };
}

/** @throws CursorError */
function readCursor(sort: ProviderSort, cursor: string): Place {
  const { keySchema } = PROVIDER_ORDERS[sort];
  const schema = z.tuple([z.literal(sort), keySchema, z.guid(), z.literal(BEFORE).optional()]);
  const [, key, id, end] = decodeCursor(schema, cursor);
  return { key: [key, id], isEnd: end === BEFORE };
}

/** A part of a list: the rows after a place, in an order. */
interface Part {
  readonly order: ProviderOrder;
  readonly after: readonly [key: string, id: string] | undefined;
  readonly limit: number;
}

async function readRows(reader: Reader, filter: ProviderFilter, part: Part): Promise<ProviderRow[]> {
  const { order, after, limit } = part;
  if (!isSearch(filter)) return readInRanges(reader, filter, part);
  const plan = planSearch(await sampleDirectory(reader), filter, { order, after: after?.[0], limit });
  const rows = await readInRanges(reader, filter, part, plan);
  // The sample was wrong if the page is not full at the key at which to give up.
  const isWhole = plan.way === 'index' || plan.until === undefined || rows.length === limit;
  return isWhole ? rows : readInRanges(reader, filter, part, { way: 'index' });
}

/** Reads the names before A and after Z one after the other: both together, Postgres would read those between, too. */
async function readInRanges(
  reader: Reader,
  filter: ProviderFilter,
  part: Part,
  plan?: SearchPlan,
): Promise<ProviderRow[]> {
  if (filter.letter === undefined || part.order.column !== PROVIDER_ORDERS.name.column) {
    return readRange(reader, filter, part, plan);
  }
  const { letter, ...others } = filter;
  const ranges = [...rangesOf(letter)];
  if (part.order.direction === 'DESC') ranges.reverse();
  const rows: ProviderRow[] = [];
  for (const range of ranges) {
    const limit = part.limit - rows.length;
    if (limit > 0) rows.push(...(await readRange(reader, others, { ...part, limit }, plan, range)));
  }
  return rows;
}

async function readRange(
  reader: Reader,
  filter: ProviderFilter,
  { order: { column, direction }, after, limit }: Part,
  plan?: SearchPlan,
  range?: NameRange,
): Promise<ProviderRow[]> {
  const conditions = toConditions(filter, plan?.way);
  if (range) addNameRange(conditions, range);
  if (after) conditions.comesAfter(`${column}, id`, direction, after);
  if (plan?.way === 'order' && plan.until !== undefined) {
    conditions.add(`${column} ${direction === 'ASC' ? '<=' : '>='} ${conditions.parameter(plan.until)}`);
  }
  // Names that match are neighbours in the order of names, and a clinic has fewer people than Postgres estimates. So
  // Postgres would read the whole directory in that order. OFFSET 0 makes it find the matches first, and then sort.
  const isFoundFirst = plan
    ? plan.way === 'index'
    : filter.familyName?.how === 'contains' || filter.clinicKeys;
  const source = isFoundFirst
    ? `(SELECT * FROM providers WHERE ${conditions} OFFSET 0) providers`
    : `providers WHERE ${conditions}`;
  return reader.query(
    `SELECT ${PROVIDER_COLUMNS} FROM ${source}
     ORDER BY ${column} ${direction}, id ${direction}
     LIMIT ${conditions.parameter(limit)}`,
    conditions.parameters,
  );
}
