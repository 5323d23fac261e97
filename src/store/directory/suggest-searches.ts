import { distance } from 'fastest-levenshtein';
import type { DataSource } from 'typeorm';
import { fullName } from '../../contract/person-names';
import { type Candidate, FEWEST_LETTERS, findSimilar, keepFinding } from './find-similar';
import type { ProviderFilter } from './provider-filter';
import { type ProviderPage, type ProviderQuery, readProviderPage } from './provider-page';
import { foldRoughly, isSearch, splitWords, wordsOf } from './search-words';

const MAX_TRIED = 10;
const MAX_SUGGESTIONS = 3;
/** The least share of common trigrams of two similar words. The first of these that leads to suggestions counts. */
const SIMILARITIES = [0.4, 0.3];
/** The largest share of letters in which a suggested word differs. */
const MOST_DIFFERENT = 0.5;
/** No search is longer. */
const MAX_LENGTH = 200;
/** Words of a search that are tried alone if there is no one with all of them. */
const MAX_SINGLE_WORDS = 2;

/** A search that would find a candidate. */
interface Suggestion extends Pick<Candidate, 'id' | 'searchKey'> {
  readonly text: string;
  /** The share of letters that differ, of all replaced words. */
  readonly difference: number;
  count: number;
}

/** A page of a list of providers. */
export interface FoundProviders extends ProviderPage {
  /** Searches with similar words, only if a search found no one. */
  readonly didYouMean?: string[];
}

/** A page of the list of providers, or what else to search for if a search found no one. */
export async function searchProviders(dataSource: DataSource, query: ProviderQuery): Promise<FoundProviders> {
  const page = await readProviderPage(dataSource, query);
  if (page.items.length > 0 || !isSearch(query) || query.cursor !== undefined) return page;
  const { limit: _limit, cursor: _cursor, ...filter } = query;
  return { ...page, didYouMean: await suggestSearches(dataSource, filter) };
}

/**
 * Searches with similar words that exist, for a search that found no one: the closest first, and none if no word is
 * similar. With the same filters, each of them finds someone.
 */
export async function suggestSearches(dataSource: DataSource, filter: ProviderFilter): Promise<string[]> {
  const words = wordsOf(filter.search);
  for (const attempt of attemptsFor(words)) {
    const suggestions = await suggestFrom(dataSource, filter, attempt);
    if (suggestions.length > 0) return suggestions;
  }
  return [];
}

/** All words together, then the longest ones alone. */
function attemptsFor(words: readonly string[]): (readonly string[])[] {
  const long = words.filter((word) => word.length >= FEWEST_LETTERS).sort((a, b) => b.length - a.length);
  if (long.length === 0) return [];
  return words.length === 1 ? [words] : [words, ...long.slice(0, MAX_SINGLE_WORDS).map((word) => [word])];
}

async function suggestFrom(
  dataSource: DataSource,
  filter: ProviderFilter,
  words: readonly string[],
): Promise<string[]> {
  for (const similarity of SIMILARITIES) {
    const candidates = await findSimilar(dataSource, { filter, words, similarity });
    const tried = rank(candidates, words)
      .filter(({ text }) => text.length <= MAX_LENGTH)
      .slice(0, MAX_TRIED);
    if (tried.length === 0) continue;
    const found = await keepFinding(dataSource, tried);
    return found.slice(0, MAX_SUGGESTIONS).map(({ text }) => text);
  }
  return [];
}

/** The searches that would find the candidates, the closest and then the most frequent ones first. */
function rank(candidates: readonly Candidate[], words: readonly string[]): Suggestion[] {
  const suggestions = new Map<string, Suggestion>();
  for (const candidate of candidates) {
    const suggestion = suggestFor(candidate, words);
    if (!suggestion) continue;
    const key = foldRoughly(suggestion.text);
    const known = suggestions.get(key);
    if (known) known.count += 1;
    else suggestions.set(key, suggestion);
  }
  return [...suggestions.values()].sort(
    (one, other) => one.difference - other.difference || other.count - one.count,
  );
}

/** Replaces each word that the candidate does not have by the closest one that it has; null if none is close. */
function suggestFor(
  { id, searchKey, isInOneWord, ...candidate }: Candidate,
  words: readonly string[],
): Suggestion | null {
  const { givenName, familyName, title, clinic } = candidate;
  if (isInOneWord) return { id, searchKey, text: fullName(candidate), difference: 0, count: 1 };
  const known = splitWords([givenName, familyName, title ?? '', clinic ?? ''].join(' '));
  const replaced = words.map((word) => closest(word, known));
  if (replaced.some(({ difference }) => difference > MOST_DIFFERENT)) return null;
  const difference = replaced.reduce((sum, one) => sum + one.difference, 0);
  return { id, searchKey, text: replaced.map(({ text }) => text).join(' '), difference, count: 1 };
}

function closest(word: string, known: readonly string[]): { text: string; difference: number } {
  const wanted = foldRoughly(word);
  const all = known.map((text) => {
    const key = foldRoughly(text);
    return {
      text: key.includes(wanted) ? word : text,
      difference: key.includes(wanted) ? 0 : distance(wanted, key) / wanted.length,
    };
  });
  return all.reduce((one, other) => (other.difference < one.difference ? other : one), {
    text: word,
    difference: Number.POSITIVE_INFINITY,
  });
}
