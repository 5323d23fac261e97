import { join } from 'node:path';
import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import type { CheckedProvider } from '../../../src/contract/answer';
import { saveSync } from '../../../src/store/save/save-sync';
import { answer, openedRun } from '../../support/store-fixtures';
import { BareStore, INDEXES, type Indexes, WAYS, writeCopyFile } from './bare-store';
import type { BenchOptions } from './bench-options';
import { ManyPeople } from './many-people';
import { median, timed } from './measure';
import { bytes, ms, type Report, times, whole } from './report';
import { connectBare, withStore } from './servers';

const PARTNER = 'bench';

/** How a list differs from the directory: all people are new, none has changed, or one in a hundred has a new title. */
const CASES = ['new', 'unchanged', '1 % changed'] as const;
type Case = (typeof CASES)[number];

/** An answer with this many records is staged in pages. */
const MANY = 5_000;

/** Medians of the rounds. */
interface Cost {
  readonly took: number;
  /** Bytes of write-ahead log. */
  readonly wal: number;
  /** Rows of the directory. */
  readonly written: number;
}

interface Side {
  readonly table: string;
  /** Stores the list in a directory that holds the previous list. */
  save(list: 0 | 1): Promise<unknown>;
  /** The preparation before a round. */
  prepare?(): Promise<unknown>;
}

/** Compares storing a list with COPY into a staging table and the faster of two ways to merge it. */
export async function benchPersisting({ sizes, log }: BenchOptions): Promise<Report> {
  return withStore(log, 1, async (bench) => {
    const { dataDir, dataSource } = bench;
    const client = await connectBare(bench);
    // Autovacuum would start during one side or the other. Every table is vacuumed between the measurements instead.
    await client.query('ALTER SYSTEM SET autovacuum = off');
    await client.query('SELECT pg_reload_conf()');
    const bare = await createBareStores(client);

    const rows: string[][] = [];
    for (const size of sizes) {
      const people = new ManyPeople(size);
      const files = [join(dataDir, 'list-0'), join(dataDir, 'list-1')] as const;
      await writeCopyFile(files[0], people.list(0));
      await writeCopyFile(files[1], people.list(1));
      const sides = [
        ourSide(dataSource, people),
        ...bare.map(({ store }) => ({
          table: store.table,
          save: (list: 0 | 1) => store.save(files[list]),
        })),
      ];
      const costs = await measure(client, sides, roundsOf(size));
      rows.push(...describe(size, costs, bare));
    }
    return {
      title: 'Storing a list',
      notes: [
        'Milliseconds for the whole transaction of a partner whose answers are whole lists, medians of 25, 7, 3 and 1 rounds by size, the sides in turn.',
        'Bare is COPY of a ready file into a staging table, then the faster of one INSERT … ON CONFLICT and a join that writes only what differs;',
        'it keeps no changes, runs or calls. Its table has the same indexes as the directory or, in the last columns, its two keys only.',
        'Every save finds a vacuumed table. Memory is the most that this process has had until then, both sides in it, the server apart.',
      ],
      headings: [
        'records',
        'ours',
        'bare, same indexes',
        'ratio (goal ≤ 1.3×)',
        'bare, keys only',
        'ratio',
        'our WAL',
        'bare WAL',
        'our rows written',
        'memory',
      ],
      rows,
    };
  });
}

interface NamedBareStore {
  readonly indexes: Indexes;
  readonly store: BareStore;
}

async function createBareStores(client: Client): Promise<NamedBareStore[]> {
  const stores: NamedBareStore[] = [];
  for (const indexes of INDEXES) {
    for (const way of WAYS) stores.push({ indexes, store: await BareStore.create(client, way, indexes) });
  }
  return stores;
}

function ourSide(dataSource: DataSource, people: ManyPeople): Side {
  let runId = '';
  return {
    table: 'providers',
    prepare: async () => {
      runId = await openedRun(dataSource, { partner: PARTNER });
    },
    save: (list) =>
      saveSync(dataSource, {
        runId,
        partner: PARTNER,
        feed: 'snapshot',
        answer: { ...answer([], { received: people.count }), providers: listOf(people, list) },
        calls: [],
      }),
  };
}

/** A sync has the records of a small answer in a list, and reads those of a large one from its pages. */
function listOf(people: ManyPeople, list: 0 | 1): Iterable<CheckedProvider> {
  return people.count < MANY ? [...people.list(list)] : people.list(list);
}

function roundsOf(size: number): number {
  if (size <= 10) return 25;
  if (size <= 10_000) return 7;
  return size <= 100_000 ? 3 : 1;
}

/** By side, then by case. */
async function measure(
  client: Client,
  sides: readonly Side[],
  rounds: number,
): Promise<Readonly<Record<Case, Cost>>[]> {
  const measured = sides.map(() => ({ new: [], unchanged: [], '1 % changed': [] }) as Record<Case, Cost[]>);
  const tables = ['provider_changes', ...sides.map(({ table }) => table)].join(', ');
  for (let round = 0; round < rounds; round += 1) {
    await client.query(`TRUNCATE ${tables}`);
    // The first write to a page after a checkpoint logs the whole page, so every round begins with a checkpoint.
    await client.query('CHECKPOINT');
    for (const kind of CASES) {
      for (const [number, side] of sides.entries()) {
        measured[number]?.[kind].push(await measureOnce(client, side, kind === '1 % changed' ? 1 : 0));
      }
      await client.query(`VACUUM (ANALYZE) sync_runs, ${tables}`);
    }
  }
  return measured.map((ofSide) => ({
    new: typical(ofSide.new),
    unchanged: typical(ofSide.unchanged),
    '1 % changed': typical(ofSide['1 % changed']),
  }));
}

async function measureOnce(client: Client, side: Side, list: 0 | 1): Promise<Cost> {
  await side.prepare?.();
  const before = await one<{ lsn: string; xid: string }>(
    client,
    'SELECT pg_current_wal_insert_lsn() AS lsn, pg_current_xact_id() AS xid',
  );
  const took = await timed(() => side.save(list));
  const { wal } = await one<{ wal: number }>(
    client,
    'SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)::float8 AS wal',
    [before.lsn],
  );
  const { written } = await one<{ written: number }>(
    client,
    `SELECT count(*)::integer AS written FROM ${side.table} WHERE xmin::text::bigint > $1`,
    [before.xid],
  );
  return { took, wal, written };
}

async function one<Row extends object>(client: Client, sql: string, values: unknown[] = []): Promise<Row> {
  const { rows } = await client.query<Row>(sql, values);
  const [row] = rows;
  if (!row) throw new Error(`No row came from: ${sql}`);
  return row;
}

function typical(costs: readonly Cost[]): Cost {
  const of = (pick: (cost: Cost) => number) => median(costs.map(pick));
  return { took: of(({ took }) => took), wal: of(({ wal }) => wal), written: of(({ written }) => written) };
}

function describe(
  size: number,
  [ours, ...costs]: readonly Readonly<Record<Case, Cost>>[],
  bare: readonly NamedBareStore[],
): string[][] {
  if (!ours) return [];
  const faster = (kind: Case, indexes: Indexes) =>
    costs
      .filter((_cost, number) => bare[number]?.indexes === indexes)
      .map((cost) => cost[kind])
      .reduce((one, other) => (one.took <= other.took ? one : other));
  return CASES.map((kind) => {
    const [same, keys] = [faster(kind, 'all'), faster(kind, 'keys')];
    const { took, wal, written } = ours[kind];
    return [
      `${whole(size)}, ${kind}`,
      ms(took),
      ms(same.took),
      times(took, same.took),
      ms(keys.took),
      times(took, keys.took),
      bytes(wal),
      bytes(same.wal),
      whole(written),
      kind === CASES.at(-1) ? bytes(process.resourceUsage().maxRSS * 1024) : '',
    ];
  });
}
