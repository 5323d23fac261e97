import type { DataSource } from 'typeorm';
import { Conditions } from '../lists/conditions';
import { remember } from '../postgres/remember';
import { folded, searchFolded } from '../schema/folded';
import { type ProviderFilter, toConditions } from './provider-filter';
import type { Provider } from './provider-row';
import { addSearch, foldPlain, foldRoughly, isPartOfWord, wordsOf } from './search-words';

/** Providers with similar words that are compared. */
const MAX_CANDIDATES = 200;
/** Given and family names that are written together. */
const MAX_IN_ONE_WORD = 3;
/** A word with fewer letters has too few trigrams to be compared. */
export const FEWEST_LETTERS = 3;

/** A provider whose words a search may mean. */
export interface Candidate extends Pick<Provider, 'id' | 'givenName' | 'familyName' | 'title' | 'clinic'> {
  /** All its words, as a search compares them. */
  readonly searchKey: string;
  /** Whether the search has the whole name in one word. */
  readonly isInOneWord: boolean;
}

/** Words to look for in the providers of a list. */
export interface Wanted {
  readonly filter: ProviderFilter;
  readonly words: readonly string[];
  /** The least share of common trigrams of two similar words. */
  readonly similarity: number;
}

const TRIGRAM = 3;
/** Those that contain one of two neighbouring letters. */
const SWAPPED_TRIGRAMS = 4;

const COLUMNS = `providers.id, given_name AS "givenName", family_name AS "familyName", title, clinic,
  search_key AS "searchKey"`;
/** The schema of the extension changes with a migration only, if at all. */
const SCHEMA_MS = 60_000;

/** The schema of the extension; null if there is none, or the role may not use it. */
const trigramSchema = remember(SCHEMA_MS, async (reader): Promise<string | null> => {
  const [extension]: [{ schema: string }?] = await reader.query(
    `SELECT extnamespace::regnamespace::text AS schema FROM pg_extension
     WHERE extname = 'pg_trgm' AND has_schema_privilege(extnamespace, 'USAGE')`,
  );
  return extension?.schema ?? null;
});

/**
 * Providers who have each of the words, or a similar one; and those whose given and family name are the only word, in
 * either order. Without the extension of trigrams, only the latter are found.
 */
export async function findSimilar(dataSource: DataSource, wanted: Wanted): Promise<Candidate[]> {
  const schema = await trigramSchema(dataSource);
  const parameters: unknown[] = [];
  const parts = [
    ...(wanted.words.length === 1 ? [selectInOneWord(wanted, parameters)] : []),
    ...(schema === null ? [] : [selectSimilar(wanted, schema, parameters)]),
  ];
  if (parts.length === 0) return [];
  return dataSource.query(parts.map((part) => `(${part})`).join(' UNION ALL '), parameters);
}

function selectInOneWord({ filter, words: [word = ''] }: Wanted, parameters: unknown[]): string {
  const conditions = toConditions({ ...filter, search: undefined }, 'index', parameters);
  const key = folded(`${conditions.parameter(word)}::text`);
  const parts = [`left(${key}, cut)`, `substr(${key}, cut + 1)`] as const;
  const ways = [parts, [parts[1], parts[0]]].map(([family, given]) => `(${family} || chr(9) || ${given})`);
  conditions.add(
    `name_key = ANY (ARRAY(
       SELECT unnest(ARRAY[${ways.join(', ')}]) FROM generate_series(1, length(${key}) - 1) cut))`,
  );
  return `SELECT ${COLUMNS}, true AS "isInOneWord" FROM providers WHERE ${conditions} LIMIT ${MAX_IN_ONE_WORD}`;
}

/**
 * The words and the similarity are a table, so that they are known before any provider is compared: the operator reads the
 * similarity from a setting. Postgres expects more similar words than there are, and would read all rows to find the
 * first ones. Materialized, they are found by index, and still only as many as needed.
 */
function selectSimilar({ filter, words, similarity }: Wanted, schema: string, parameters: unknown[]): string {
  const conditions = toConditions({ ...filter, search: undefined }, 'index', parameters);
  const columns = [
    `set_config('pg_trgm.strict_word_similarity_threshold', ${conditions.parameter(String(similarity))}, true)`,
  ];
  for (const [place, word] of words.entries()) {
    // A single word is known to be part of no name. For a short word, Postgres would read the whole index.
    const isShort = word.length < FEWEST_LETTERS;
    const ways = words.length > 1 ? [isPartOfWord(conditions, word, isShort ? 'order' : 'index')] : [];
    if (!isShort) {
      columns.push(`${searchFolded(`${conditions.parameter(word)}::text`)} AS word${place}`);
      ways.push(`wanted.word${place} OPERATOR(${schema}.<<%) search_key`);
      if (!hasSimilarSwaps(word, similarity)) {
        columns.push(`${conditions.parameter(swapsOf(word))}::text[] AS swaps${place}`);
        ways.push(`search_key LIKE ANY (wanted.swaps${place})`);
      }
    }
    conditions.add(`(${ways.join(' OR ')})`);
  }
  return `
    WITH wanted AS MATERIALIZED (SELECT ${columns.join(', ')}), candidates AS MATERIALIZED (
      SELECT ${COLUMNS}, false AS "isInOneWord" FROM wanted CROSS JOIN providers WHERE ${conditions})
    SELECT * FROM candidates LIMIT ${MAX_CANDIDATES}`;
}

/** Whether the word stays similar if two neighbouring letters are swapped, which changes at most four trigrams. */
function hasSimilarSwaps(word: string, similarity: number): boolean {
  const padded = `  ${foldRoughly(word)} `;
  const all = Array.from({ length: padded.length - TRIGRAM + 1 }, (_, at) => padded.slice(at, at + TRIGRAM));
  const { size } = new Set(all);
  return (size - SWAPPED_TRIGRAMS) / (size + SWAPPED_TRIGRAMS) >= similarity;
}

/** Patterns for the whole word with two neighbouring letters swapped. */
function swapsOf(word: string): string[] {
  const letters = [...foldRoughly(word)];
  return letters
    .slice(1)
    .map(
      (letter, at) =>
        `% ${letters.slice(0, at).join('')}${letter}${letters[at]}${letters.slice(at + 2).join('')} %`,
    );
}

/** A search, and the provider that it is expected to find. */
interface ExpectedFind extends Pick<Candidate, 'id' | 'searchKey'> {
  readonly text: string;
}

/** Those of the searches that find the provider. Postgres is asked only about words with other letters than A to Z. */
export async function keepFinding<T extends ExpectedFind>(
  dataSource: DataSource,
  searches: readonly T[],
): Promise<T[]> {
  const doubtful = searches.filter((search) => !isSure(search));
  if (doubtful.length === 0) return [...searches];
  const parameters: unknown[] = [];
  const checks = doubtful.map(({ text, id }) => {
    const conditions = new Conditions(parameters);
    conditions.equalsId('id', id);
    addSearch(conditions, text, 'order');
    return `EXISTS (SELECT FROM providers WHERE ${conditions})`;
  });
  const [{ found }]: [{ found: boolean[] }] = await dataSource.query(
    `SELECT ARRAY[${checks.join(', ')}]::boolean[] AS found`,
    parameters,
  );
  const failed = new Set(doubtful.filter((_, place) => !found[place]));
  return searches.filter((search) => !failed.has(search));
}

/** Whether the search certainly finds the provider. */
function isSure({ text, searchKey }: ExpectedFind): boolean {
  return wordsOf(text).every((word) => {
    const key = foldPlain(word);
    return key !== null && searchKey.includes(key);
  });
}
