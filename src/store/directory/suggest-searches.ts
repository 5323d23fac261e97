import { distance } from 'fastest-levenshtein';
import type { DataSource } from 'typeorm';
import { fullName } from '../../contract/person-names';
import { TIMEOUTS } from '../../contract/timeouts';
import { inTransaction } from '../postgres/transaction';
import { folded, searchFolded } from '../schema/folded';
import { type ProviderFilter, toConditions } from './provider-filter';
import { type ProviderPage, type ProviderQuery, readProviderPage } from './provider-page';
import type { Provider } from './provider-row';
import { listProviders } from './read-providers';
import { foldRoughly, isPartOfWord, isSearch, splitWords, wordsOf } from './search-words';

const MAX_TRIED = 10;
const MAX_SUGGESTIONS = 3;
/** Providers with similar words that are compared. */
const MAX_CANDIDATES = 200;
/** A word with fewer letters has too few trigrams to be compared. */
const FEWEST_LETTERS = 3;
/** The least share of common trigrams of two similar words. The first of these that leads to suggestions counts. */
const SIMILARITIES = [0.4, 0.3];
/** The largest share of letters in which a suggested word differs. */
const MOST_DIFFERENT = 0.5;
/** No search is longer. */
const MAX_LENGTH = 200;
/** Words of a search that are tried alone if there is no one with all of them. */
const MAX_SINGLE_WORDS = 2;

type Candidate = Pick<Provider, 'givenName' | 'familyName' | 'title' | 'clinic'>;

interface Suggestion {
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
    const candidates = [
      ...(await findNamesInOneWord(dataSource, filter, attempt)),
      ...(await suggestSimilar(dataSource, filter, attempt)),
    ];
    const suggestions: string[] = [];
    const tried = [...new Set(candidates.filter(({ length }) => length <= MAX_LENGTH))].slice(0, MAX_TRIED);
    for (const search of tried) {
      const { items } = await listProviders(dataSource, { ...filter, search, limit: 1 });
      if (items.length > 0) suggestions.push(search);
      if (suggestions.length === MAX_SUGGESTIONS) break;
    }
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

/** A given and a family name that are written together, in either order. */
async function findNamesInOneWord(
  dataSource: DataSource,
  filter: ProviderFilter,
  [word = '', ...others]: readonly string[],
): Promise<string[]> {
  if (others.length > 0) return [];
  const conditions = toConditions({ ...filter, search: undefined });
  const key = folded(`${conditions.parameter(word)}::text`);
  const parts = [`left(${key}, cut)`, `substr(${key}, cut + 1)`] as const;
  const ways = [parts, [parts[1], parts[0]]].map(([family, given]) => `(${family} || chr(9) || ${given})`);
  conditions.add(
    `name_key = ANY (ARRAY(
       SELECT unnest(ARRAY[${ways.join(', ')}]) FROM generate_series(1, length(${key}) - 1) cut))`,
  );
  const rows: Candidate[] = await dataSource.query(
    `SELECT given_name AS "givenName", family_name AS "familyName" FROM providers WHERE ${conditions}
     LIMIT ${MAX_SUGGESTIONS}`,
    conditions.parameters,
  );
  return rows.map(fullName);
}

async function suggestSimilar(
  dataSource: DataSource,
  filter: ProviderFilter,
  words: readonly string[],
): Promise<string[]> {
  for (const similarity of SIMILARITIES) {
    const found = rank(await findSimilar(dataSource, filter, words, similarity), words);
    if (found.length > 0) return found;
  }
  return [];
}

/** Providers who have each of the words, or a similar one. */
async function findSimilar(
  dataSource: DataSource,
  filter: ProviderFilter,
  words: readonly string[],
  similarity: number,
): Promise<Candidate[]> {
  return inTransaction(dataSource, TIMEOUTS.statement, async ({ runner }) => {
    // The extension may be in a schema of its own, which a role may not use. Without it, there are no suggestions.
    const [extension]: [{ schema: string }?] = await runner.query(
      `SELECT set_config('pg_trgm.strict_word_similarity_threshold', $1, true), extnamespace::regnamespace::text AS schema
       FROM pg_extension WHERE extname = 'pg_trgm' AND has_schema_privilege(extnamespace, 'USAGE')`,
      [String(similarity)],
    );
    if (!extension) return [];
    const conditions = toConditions({ ...filter, search: undefined });
    for (const word of words) {
      // A single word is known to be part of no name.
      // For a short word, Postgres would read the whole index.
      const way = word.length < FEWEST_LETTERS ? 'order' : 'index';
      const ways = words.length > 1 ? [isPartOfWord(conditions, word, way)] : [];
      if (word.length >= FEWEST_LETTERS) {
        const key = searchFolded(`${conditions.parameter(word)}::text`);
        ways.push(`${key} OPERATOR(${extension.schema}.<<%) search_key`);
        ways.push(`search_key LIKE ANY (${conditions.parameter(swapsOf(word))}::text[])`);
      }
      conditions.add(`(${ways.join(' OR ')})`);
    }
    // Postgres expects more similar words than there are, and would read all rows to find the first ones. Materialized,
    // they are found by index, and still only as many as needed.
    return runner.query(
      `WITH candidates AS MATERIALIZED (
         SELECT given_name AS "givenName", family_name AS "familyName", title, clinic FROM providers
         WHERE ${conditions})
       SELECT * FROM candidates LIMIT ${MAX_CANDIDATES}`,
      conditions.parameters,
    );
  });
}

/** Patterns for the whole word with two neighbouring letters swapped, which changes too many trigrams. */
function swapsOf(word: string): string[] {
  const letters = [...foldRoughly(word)];
  return letters
    .slice(1)
    .map(
      (letter, at) =>
        `% ${letters.slice(0, at).join('')}${letter}${letters[at]}${letters.slice(at + 2).join('')} %`,
    );
}

/** The searches that would find the candidates, the closest and then the most frequent ones first. */
function rank(candidates: readonly Candidate[], words: readonly string[]): string[] {
  const suggestions = new Map<string, Suggestion>();
  for (const candidate of candidates) {
    const suggestion = suggestFor(candidate, words);
    if (!suggestion) continue;
    const key = foldRoughly(suggestion.text);
    const known = suggestions.get(key);
    if (known) known.count += 1;
    else suggestions.set(key, suggestion);
  }
  return [...suggestions.values()]
    .sort((one, other) => one.difference - other.difference || other.count - one.count)
    .map(({ text }) => text);
}

/** Replaces each word that the candidate does not have by the closest one that it has; null if none is close. */
function suggestFor(
  { givenName, familyName, title, clinic }: Candidate,
  words: readonly string[],
): Suggestion | null {
  const known = splitWords([givenName, familyName, title ?? '', clinic ?? ''].join(' '));
  const replaced = words.map((word) => closest(word, known));
  if (replaced.some(({ difference }) => difference > MOST_DIFFERENT)) return null;
  const difference = replaced.reduce((sum, one) => sum + one.difference, 0);
  return { text: replaced.map(({ text }) => text).join(' '), difference, count: 1 };
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
