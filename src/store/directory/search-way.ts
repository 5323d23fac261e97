import {
  compareKeys,
  type DirectorySample,
  type OrderedSample,
  type SampledProvider,
} from './directory-sample';
import { isInLetter } from './name-letters';
import type { ProviderFilter } from './provider-filter';
import { PROVIDER_ORDERS, type ProviderOrder } from './provider-orders';
import { foldRoughly, wordsOf } from './search-words';

/*
 * Two ways lead to the first matches of a search in the order of a list. The index of parts of words finds all of them,
 * which then are sorted: good for few matches. Or the rows are read in their order until the page is full: good for many.
 * Postgres cannot choose well. It does not know how frequent a part of a word is, nor that matches may be neighbours.
 */

/** The way, and for rows in their order the key at which to give up and use the index after all. */
export type SearchPlan = { readonly way: 'index' } | { readonly way: 'order'; readonly until?: string };

/** What reading costs, in the time to read one row in its order. */
const COST_OF_MATCH = 1.5;
const COST_OF_SCANNED_ROW = 0.2;
/** The index finds parts of words of at least this length; for shorter ones, all rows are read. */
const INDEXED_LETTERS = 3;
/** Providers. To read all of a smaller directory takes less than a tenth of a second. */
const LARGE_DIRECTORY = 100_000;
/** A gap that is this much longer than the average one is no accident: the matches are neighbours. */
const LONG_GAP = 4;
/** The rows in their order are read this much further than expected. */
const PATIENCE = 6;

interface Place {
  readonly order: ProviderOrder;
  /** The key after which the page begins. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** The cheaper way to a page of a search, as far as the sample shows. */
export function planSearch(
  sample: DirectorySample,
  filter: ProviderFilter,
  { order, after, limit }: Place,
): SearchPlan {
  const words = foldedWordsOf(filter);
  const sorted = sample.inOrder(order);
  const { keys } = sorted;
  const begin = after === undefined ? 0 : keys.findIndex((key) => compareKeys(order, key, after) > 0);
  const hits = placesOf(sorted, filter, words);
  const rest = begin < 0 ? [] : hits.filter((place) => place >= begin).map((place) => place - begin);

  const far = rowsUntilFull(rest, keys.length - begin, limit / sample.weight);
  const scanned = isIndexedSearch(words) ? 0 : keys.length * COST_OF_SCANNED_ROW;
  if (far > scanned + hits.length * COST_OF_MATCH) return { way: 'index' };
  const until = keys[begin + Math.ceil(far * PATIENCE)];
  return { way: 'order', ...(until !== undefined && { until }) };
}

/**
 * The number of matches of a search, divided by a factor of safety, and whether to count them exactly is cheap: the index
 * finds them, or the directory is small.
 */
export function estimateMatches(
  sample: DirectorySample,
  filter: ProviderFilter,
  safety: number,
): { readonly atLeast: number; readonly isCheap: boolean } {
  const words = foldedWordsOf(filter);
  const hits = placesOf(sample.inOrder(PROVIDER_ORDERS.name), filter, words).length;
  const isCheap = isIndexedSearch(words) || sample.rows.length * sample.weight < LARGE_DIRECTORY;
  return { atLeast: Math.floor((hits * sample.weight) / safety), isCheap };
}

function foldedWordsOf({ search, nameSearch }: ProviderFilter): string[] {
  return wordsOf(search ?? nameSearch).map(foldRoughly);
}

/** Whether the index of parts of words finds the matches. */
function isIndexedSearch(words: readonly string[]): boolean {
  return words.some((word) => word.length >= INDEXED_LETTERS);
}

/** The places of the matches. Only the rows with the longest word are looked at, which is usually the rarest. */
function placesOf(sample: OrderedSample, filter: ProviderFilter, words: readonly string[]): number[] {
  const column = filter.search === undefined ? 'nameKey' : 'searchKey';
  const [longest = '', ...others] = [...words].sort((one, other) => other.length - one.length);
  return sample.placesOf(column, longest).filter((place) => {
    const row = sample.rows[place];
    return row !== undefined && others.every((word) => row[column].includes(word)) && matches(row, filter);
  });
}

/**
 * The rows of the sample that stand for those to read until the page is full.
 *
 * @param hits the places of the matches in the rest of the sample
 * @param wanted the matches of a page, of which the sample has a part only
 */
function rowsUntilFull(hits: readonly number[], rest: number, wanted: number): number {
  const needed = hits[Math.ceil(wanted) - 1];
  const first = hits[0];
  if (needed === undefined || first === undefined) return Number.POSITIVE_INFINITY;
  const averageGap = rest / (hits.length + 1);
  if (first > LONG_GAP * averageGap) return needed;
  return Math.min(needed, wanted * averageGap);
}

/** Whether the filters other than the search let the row through. */
function matches(row: SampledProvider, { partner, title, clinic, status, letter }: ProviderFilter): boolean {
  return (
    (partner === undefined || row.partner === partner) &&
    (title === undefined || row.title === title) &&
    (clinic === undefined || row.clinic === clinic) &&
    (status === undefined || status === 'all' || row.listed === (status === 'present')) &&
    (letter === undefined || isInLetter(row.nameKey, letter))
  );
}
