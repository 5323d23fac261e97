import { remember } from '../postgres/remember';
import type { Reader } from '../postgres/snapshot';
import { JoinedTexts } from './joined-texts';
import type { OrderKeys, ProviderOrder } from './provider-orders';

/** A provider of the sample, as far as an estimate needs it. */
export interface SampledProvider extends OrderKeys {
  readonly partner: string;
  readonly title: string | null;
  readonly clinic: string | null;
  readonly listed: boolean;
  readonly searchKey: string;
}

/** The columns in which words are searched. */
type SearchedColumn = 'nameKey' | 'searchKey';

/** Some providers of the directory. */
export class DirectorySample {
  private readonly sorted = new Map<string, OrderedSample>();

  /** @param weight how many providers of the directory each of these stands for */
  constructor(
    readonly rows: readonly SampledProvider[],
    readonly weight: number,
  ) {}

  inOrder(order: ProviderOrder): OrderedSample {
    const name = `${order.column} ${order.direction}`;
    const known = this.sorted.get(name);
    if (known) return known;
    const sorted = new OrderedSample(this.rows, order);
    this.sorted.set(name, sorted);
    return sorted;
  }
}

/** The providers of a sample in an order, with their keys in it. */
export class OrderedSample {
  readonly rows: readonly SampledProvider[];
  readonly keys: readonly string[];
  private readonly texts = new Map<SearchedColumn, JoinedTexts>();

  constructor(rows: readonly SampledProvider[], order: ProviderOrder) {
    const keyed = rows.map((row) => ({ row, key: order.keyOf(row) }));
    keyed.sort((one, other) => compareKeys(order, one.key, other.key));
    this.rows = keyed.map(({ row }) => row);
    this.keys = keyed.map(({ key }) => key);
  }

  /** The places of the providers that have the word in the column. */
  placesOf(column: SearchedColumn, word: string): number[] {
    const known = this.texts.get(column);
    const texts = known ?? new JoinedTexts(this.rows.map((row) => row[column]));
    if (!known) this.texts.set(column, texts);
    return texts.placesOf(word);
  }
}

/** Negative if the first key comes before the second one. */
export function compareKeys({ direction }: ProviderOrder, one: string, other: string): number {
  const ascending = one < other ? -1 : Number(one > other);
  return direction === 'ASC' ? ascending : -ascending;
}

/** Pages of the table that are read, with about 30 providers each. */
const PAGES = 64;
const PAGE_BYTES = 8192;
/** An old sample leads to a slower search, never to a wrong one. */
const MAX_AGE_MS = 60_000;

/**
 * Some providers of the directory, read at most a minute ago. It costs a few milliseconds to take, however large the
 * directory is.
 */
export const sampleDirectory = remember(MAX_AGE_MS, takeSample);

async function takeSample(reader: Reader): Promise<DirectorySample> {
  const rows: (SampledProvider & { readonly percent: number })[] = await reader.query(
    `WITH share AS (
       SELECT least(100, $1::real * 100 / greatest(pg_relation_size('providers'), 1)) AS percent)
     SELECT partner, title, clinic, listed, name_key AS "nameKey", search_key AS "searchKey",
       first_seen_at AS "firstSeenAt", last_changed_at AS "lastChangedAt", (SELECT percent FROM share)
     FROM providers TABLESAMPLE SYSTEM ((SELECT percent FROM share)) REPEATABLE (1)`,
    [PAGES * PAGE_BYTES],
  );
  return new DirectorySample(rows, 100 / (rows[0]?.percent ?? 100));
}
