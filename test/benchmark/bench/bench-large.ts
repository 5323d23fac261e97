import { BARE_FORMATS, type BareFormat } from './bare-store';
import type { BenchOptions } from './bench-options';
import { createFloors, type Floor } from './large/large-floor';
import { FORMS, type Form, type LargeList } from './large/large-list';
import { LargeStage } from './large/large-stage';
import { pipeInto } from './large/pipe-floor';
import type { ProbeReport } from './large/worker-probe';
import { median, timed } from './measure';
import { bytes, ms, type Report, times, whole } from './report';
import { connectBare } from './servers';

/** How the list differs from the directory: all are new, none has changed, or one in a hundred has a new title. */
const CASES = ['new', 'unchanged', '1 % changed'] as const;
type Case = (typeof CASES)[number];
type ByCase<T> = Readonly<Record<Case, T>>;

/** A sync of each round, with the report of its worker. */
type Syncs = ByCase<{ readonly took: number; readonly probe: ProbeReport }[]>;

/** Compares a whole sync of a large list with `curl | gunzip | psql`, and measures its worker. */
export async function benchLarge({ sizes, log }: BenchOptions): Promise<Report> {
  return LargeStage.with(log, async (stage) => {
    const floors = await createFloors(await connectBare(stage.store));
    const rows: string[][] = [];
    for (const size of sizes) rows.push(...(await measureSize(stage, floors, size)));
    return {
      title: 'A whole sync of a large list',
      notes: [
        'Milliseconds from the request to start a run until its result is there, medians of 3 rounds, at a million 1, all sides in turn.',
        'The list is one NDJSON file, one JSON list or pages of 1 000 records, compressed, from a partner that answers at once.',
        'The floor for all three is `curl | gunzip | psql` of the NDJSON file: COPY, identity keys and fields by SQL, and the faster of two ways to merge.',
        'The last floor is the same with a file that is ready for COPY, with its keys. Their tables have the indexes of the directory.',
        'The last row of each size is a workflow that does nothing: it has one empty activity for each page, one after the other.',
        "The worker is a process of its own with a heap of 256 MB. The block is the longest time without a turn of its event loop, the turn the longest one in CPU time. Memory is the most since the worker's start.",
      ],
      headings: [
        'records',
        'sync',
        'floor',
        'ratio (goal ≤ 2×)',
        'ready floor',
        'ratio',
        "worker's CPU",
        'block',
        'turn',
        'memory',
      ],
      rows,
    };
  });
}

async function measureSize(stage: LargeStage, floors: readonly Floor[], size: number): Promise<string[][]> {
  const lists = await stage.createLists(size);
  const syncs = Object.fromEntries(FORMS.map((form) => [form, byCase()])) as Record<Form, Syncs>;
  const empty: number[] = [];
  const floored = new Map(floors.map((floor) => [floor, byCase<number>()]));
  for (let round = 0; round < (size > 100_000 ? 1 : 3); round += 1) {
    for (const form of FORMS) await measureSyncs(stage, form, lists, syncs[form]);
    empty.push(await stage.runEmptyPages(size));
    for (const [floor, took] of floored) await measureFloor(stage, floor, lists, took);
  }
  const fastest = (format: BareFormat, kind: Case) =>
    Math.min(
      ...[...floored].filter(([floor]) => floor.format === format).map(([, took]) => median(took[kind])),
    );
  const rows = FORMS.flatMap((form) =>
    CASES.map((kind) => [
      `${whole(size)}, ${form}, ${kind}`,
      ...describe(
        syncs[form][kind],
        BARE_FORMATS.map((format) => fastest(format, kind)),
      ),
    ]),
  );
  return [...rows, [`${whole(size)}, an empty activity for each page`, ms(median(empty))]];
}

function byCase<T>(): ByCase<T[]> {
  return { new: [], unchanged: [], '1 % changed': [] };
}

async function measureSyncs(
  stage: LargeStage,
  form: Form,
  lists: readonly [LargeList, LargeList],
  syncs: Syncs,
): Promise<void> {
  const worker = await stage.renewWorker();
  await inTurn(stage, 'providers, provider_changes', lists, async (kind) => {
    await worker.report();
    const took = await stage.sync(form);
    syncs[kind].push({ took, probe: await worker.report() });
  });
}

async function measureFloor(
  stage: LargeStage,
  { store, format }: Floor,
  lists: readonly [LargeList, LargeList],
  took: ByCase<number[]>,
): Promise<void> {
  const { partner } = stage;
  await inTurn(stage, store.table, lists, async (kind) => {
    took[kind].push(await timed(() => pipeInto(store, stage.store.url, partner.url, format)));
  });
}

/** Measures each case, the first one with empty tables. */
async function inTurn(
  { partner, store: { dataSource } }: LargeStage,
  tables: string,
  lists: readonly [LargeList, LargeList],
  measure: (kind: Case) => Promise<void>,
): Promise<void> {
  await dataSource.query(`TRUNCATE ${tables}`);
  for (const kind of CASES) {
    partner.list = lists[kind === '1 % changed' ? 1 : 0];
    // The first write to a page after a checkpoint logs the whole page, so every measurement begins with a checkpoint.
    await dataSource.query('CHECKPOINT');
    await measure(kind);
    // Not before the first case: for a table that was analyzed while it was empty, Postgres chooses slow plans.
    await dataSource.query('VACUUM (ANALYZE)');
  }
}

function describe(syncs: Syncs[Case], floors: readonly number[]): string[] {
  const took = median(syncs.map((sync) => sync.took));
  const most = (pick: (probe: ProbeReport) => number | null) =>
    Math.max(...syncs.map(({ probe }) => pick(probe) ?? Number.NaN));
  return [
    ms(took),
    ...floors.flatMap((floor) => [ms(floor), times(took, floor)]),
    ms(median(syncs.map(({ probe }) => probe.cpu))),
    ms(most(({ block }) => block)),
    ms(most(({ turn }) => turn)),
    bytes(most(({ rss }) => rss)),
  ];
}
