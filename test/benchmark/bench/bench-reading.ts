import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import type { ProviderQuery } from '../../../src/store/directory/provider-page';
import { PROVIDER_COLUMNS } from '../../../src/store/directory/provider-row';
import { listProviders } from '../../../src/store/directory/read-providers';
import type { BenchOptions } from './bench-options';
import { fillDirectory } from './fill-directory';
import { WORDS } from './many-people';
import { interleave, median, timed } from './measure';
import { ms, type Report, times, whole } from './report';
import { connectBare, withStore } from './servers';

const ROUNDS = { rounds: 100, warmUp: 100 };
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
      headings: ['', 'ours', 'bare', 'ratio (goal ≤ 1.3×)'],
      rows: [
        await compare('first page', dataSource, client, {}, [page()]),
        await compareLastPage(dataSource, client),
        ...(await compareSearches(dataSource, client)),
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
  const { ours, ...others } = await interleave(ROUNDS, {
    ours: () => timed(() => listProviders(dataSource, { limit: PAGE, ...query })),
    ...Object.fromEntries(
      bare.map(({ text, values }, number) => [
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
  for (const [kind, search] of Object.entries(WORDS)) {
    const like = [`%${search.toLowerCase()}%`];
    rows.push(
      await compare(`search, ${kind} (${search})`, dataSource, client, { search }, [
        page('name_key LIKE $1', like),
        page(
          'name_key LIKE $1',
          like,
          (condition) => `(SELECT * FROM providers ${condition} OFFSET 0) providers`,
        ),
      ]),
    );
  }
  return rows;
}

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
