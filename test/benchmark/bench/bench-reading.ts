import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import type { ProviderQuery } from '../../../src/store/directory/provider-page';
import { PROVIDER_COLUMNS } from '../../../src/store/directory/provider-row';
import { listProviders } from '../../../src/store/directory/read-providers';
import { searchProviders } from '../../../src/store/directory/suggest-searches';
import type { BenchOptions } from './bench-options';
import { fillDirectory } from './fill-directory';
import { MISSPELT, SEARCHES } from './many-people';
import { interleave, median, timed } from './measure';
import { ms, type Report, times, whole } from './report';
import { connectBare, withStore } from './servers';

const ROUNDS = { rounds: 100, warmUp: 100 };
/** Some searches take a second the bare way. */
const SLOW_ROUNDS = { rounds: 5, warmUp: 2 };
const SLOW_MS = 100;
const PAGE = 50;
const WALK = 1_000;

/** Compares reading the directory as the API does with the bare SQL. */
export async function benchReading({ largest, log }: BenchOptions): Promise<Report> {
  return withStore(log, 1, async (bench) => {
    const { dataSource } = bench;
    await fillDirectory(dataSource, 'bench', largest);
    const client = await connectBare(bench);
    return {
      title: `Reading a directory of ${whole(largest)} providers`,
      notes: [
        `Milliseconds for a page of ${PAGE}, medians of ${ROUNDS.rounds} rounds, both sides in turn. Bare is the same page by SQL through pg,`,
        'of a search the faster of two ways: the matches first, then their order, or along the order of names until the page is full.',
      ],
      headings: ['', 'ours', 'bare', 'ratio (goal ≤ 1.3×, of a search ≤ 1.5×)'],
      rows: [
        await compare('first page', dataSource, client, {}, [page()]),
        await compareLastPage(dataSource, client),
        await compareLetter(dataSource, client),
        ...(await compareSearches(dataSource, client)),
        ...(await compareMisspelt(dataSource, client)),
      ],
    };
  });
}

interface BareQuery {
  readonly text: string;
  readonly values: readonly unknown[];
}

async function compare(
  what: string,
  dataSource: DataSource,
  client: Client,
  query: Partial<ProviderQuery>,
  bare: readonly BareQuery[],
): Promise<string[]> {
  const found = await listProviders(dataSource, { limit: PAGE, ...query });
  const fast: BareQuery[] = [];
  for (const one of bare) {
    const took = await timed(() => askBare(client, one.text, one.values, found.items.length));
    if (took < SLOW_MS) fast.push(one);
  }
  const { ours, ...others } = await interleave(fast.length > 0 ? ROUNDS : SLOW_ROUNDS, {
    ours: () => timed(() => listProviders(dataSource, { limit: PAGE, ...query })),
    ...Object.fromEntries(
      (fast.length > 0 ? fast : bare).map(({ text, values }, number) => [
        `bare ${number}`,
        () => timed(() => askBare(client, text, values, found.items.length)),
      ]),
    ),
  });
  const took = median(ours ?? []);
  const base = Math.min(...Object.values<number[]>(others).map(median));
  return [what, ms(took), ms(base), times(took, base)];
}

/** @throws Error if it is not the same page */
async function askBare(client: Client, text: string, values: readonly unknown[], count: number) {
  const { rows } = await client.query(text, [...values]);
  if (Math.min(rows.length, PAGE) !== count) throw new Error(`${rows.length} rows, not ${count}: ${text}`);
}

async function compareLastPage(dataSource: DataSource, client: Client): Promise<string[]> {
  const cursor = await findLastPage(dataSource);
  const { rows } = await client.query(
    `SELECT name_key, id FROM providers ORDER BY name_key DESC, id DESC OFFSET ${PAGE} LIMIT 1`,
  );
  const [{ name_key, id }] = rows;
  const bare = page('(name_key, id) > ($1, $2)', [name_key, id]);
  return compare('last page', dataSource, client, { cursor }, [bare]);
}

async function compareLetter(dataSource: DataSource, client: Client): Promise<string[]> {
  const bare = page('name_key >= $1 AND name_key < $2', ['z', '{']);
  return compare('first page of the letter Z', dataSource, client, { letter: 'Z' }, [bare]);
}

/** Reads page after page until the last one, because only the list can read its cursors. */
async function findLastPage(dataSource: DataSource): Promise<string> {
  let place: string | undefined;
  for (const limit of [WALK, PAGE]) {
    for (;;) {
      const { nextCursor }: { nextCursor: string | null } = await listProviders(dataSource, {
        limit,
        cursor: place,
      });
      if (nextCursor === null) break;
      place = nextCursor;
    }
  }
  if (place === undefined) throw new Error('The directory has no second page');
  return place;
}

async function compareSearches(dataSource: DataSource, client: Client): Promise<string[][]> {
  const rows: string[][] = [];
  for (const [kind, search] of Object.entries(SEARCHES)) {
    const bare = bareSearches(search);
    rows.push(await compare(`search, ${kind} (${search})`, dataSource, client, { search }, bare));
  }
  return rows;
}

/** Two ways: all matches and then their order, or along the order of names until the page is full. */
function bareSearches(search: string): BareQuery[] {
  const words = search.match(/\p{L}+/gu) ?? [];
  const values = words.map((word) => word.toLowerCase().replace('é', 'e'));
  const all = (condition: (parameter: string) => string) =>
    values.map((_, index) => condition(`$${index + 1}`)).join(' AND ');
  return [
    page(
      all((word) => `strpos(search_key, ${word}) > 0`),
      values,
    ),
    page(
      all((word) => `search_key LIKE '%' || ${word} || '%'`),
      values,
      (condition) => `(SELECT * FROM providers ${condition} OFFSET 0) providers`,
    ),
  ];
}

/** Bare is the search, and then the three providers with the most similar words. */
async function compareMisspelt(dataSource: DataSource, client: Client): Promise<string[][]> {
  await client.query(`SET pg_trgm.strict_word_similarity_threshold = 0.4`);
  const rows: string[][] = [];
  for (const [kind, search] of Object.entries(MISSPELT)) {
    const [, byIndex] = bareSearches(search);
    const { ours, bare } = await interleave(SLOW_ROUNDS, {
      ours: () => timed(() => searchProviders(dataSource, { search, limit: PAGE })),
      bare: () =>
        timed(async () => {
          await client.query(byIndex?.text ?? '', [...(byIndex?.values ?? [])]);
          await client.query(SIMILAR, [search.toLowerCase()]);
        }),
    });
    rows.push([
      `search, ${kind} (${search})`,
      ms(median(ours)),
      ms(median(bare)),
      times(median(ours), median(bare)),
    ]);
  }
  return rows;
}

const SIMILAR = `
  SELECT given_name, family_name, title, clinic FROM providers WHERE $1 <<% search_key
  ORDER BY strict_word_similarity($1, search_key) DESC LIMIT 3`;

function page(
  condition = 'true',
  values: readonly unknown[] = [],
  source = (where: string) => `providers ${where}`,
): BareQuery {
  return {
    text: `SELECT ${PROVIDER_COLUMNS} FROM ${source(`WHERE ${condition}`)} ORDER BY name_key, id LIMIT ${PAGE + 1}`,
    values,
  };
}
