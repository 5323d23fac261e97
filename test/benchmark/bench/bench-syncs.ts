import { randomUUID } from 'node:crypto';
import type { Cleanup } from '../../../src/process/shutdown';
import { startSimulator } from '../../../src/simulator/simulator';
import { startSync } from '../../../src/temporal/runs/start-sync';
import { type Engine, startEngine } from '../../support/engine';
import { partnersFile } from '../../support/partners';
import type { BenchOptions } from './bench-options';
import { type BareWorker, startEmptyWorker, startStepsWorker } from './empty-worker';
import { interleave, median, quantile, timed } from './measure';
import { ms, type Report, times } from './report';
import { startTemporal, withPostgres } from './servers';
import { TemporalWrites } from './temporal-writes';

/** The number of runs that the worker executes at the same time, each for a partner of its own. */
const SLOTS = 16;
const SINGLE_RUNS = 100;
const BLOCKS = 6;
const RUNS_OF_A_LANE = 6;
const COUNTED_RUNS = 10;

/** Compares syncs with runs of three empty activities, on the same server and with the same worker settings. */
export async function benchSyncs({ log, temporal }: BenchOptions): Promise<Report> {
  return withPostgres(log, async (bench) => {
    const { url: databaseUrl, cleanup } = bench;
    const temporalAddress = temporal?.address ?? (await startTemporal(bench, log));
    const writes = temporal
      ? temporal.metrics && new TemporalWrites(temporal.metrics)
      : await TemporalWrites.ofDevServer(bench.dataDir);
    const partners = await startPartners(cleanup);
    const engine = await startEngine({
      databaseUrl,
      temporalAddress,
      taskQueue: `bench-${randomUUID()}`,
      partnersFile: partnersFile(partners.map(({ name, url }) => [name, { baseUrl: url }])),
      log,
    });
    cleanup.add('the worker', () => engine.stop());
    const empty = await startEmptyWorker(engine.config, SLOTS, cleanup);
    const steps = await startStepsWorker(engine.config, SLOTS, cleanup);
    return await measure(
      partners.map(({ name }) => name),
      engine,
      { empty, steps },
      writes || null,
    );
  });
}

async function startPartners(cleanup: Cleanup): Promise<{ name: string; url: string }[]> {
  return Promise.all(
    Array.from({ length: SLOTS }, async (_, number) => {
      const simulator = await startSimulator({ seed: number, rates: { auth: {}, providers: {} } });
      cleanup.add('a partner', () => simulator.close());
      return { name: `partner-${number + 1}`, url: simulator.url };
    }),
  );
}

async function measure(
  partners: readonly string[],
  { starter, config }: Engine,
  bare: Readonly<Record<'empty' | 'steps', BareWorker>>,
  writes: TemporalWrites | null,
): Promise<Report> {
  const sync = async (partner: string) => {
    const handle = await startSync(starter, config.taskQueue, { partner, trigger: 'cli' });
    const { status } = await handle.result();
    if (status !== 'succeeded') throw new Error(`A run of ${partner} was ${status}`);
  };
  const runs = {
    sync,
    steps: (partner: string) => runBare(bare.steps, 'syncProviders', partner, [{ partner }]),
    empty: (partner: string) => runBare(bare.empty, 'emptyWorkflow', partner, []),
  };
  const [first = ''] = partners;
  const cpu = { sync: new CpuTime(), steps: new CpuTime(), empty: new CpuTime() };
  const latency = await interleave(
    { rounds: SINGLE_RUNS, warmUp: 10 },
    ofEach((kind) => () => timed(() => cpu[kind].add(() => runs[kind](first)))),
  );
  const throughput = await interleave(
    { rounds: BLOCKS },
    ofEach((kind) => () => runsPerSecond(partners, runs[kind])),
  );
  const persisted = writes && {
    sync: await writes.perRun(COUNTED_RUNS, () => runs.sync(first)),
    steps: await writes.perRun(COUNTED_RUNS, () => runs.steps(first)),
    empty: await writes.perRun(COUNTED_RUNS, () => runs.empty(first)),
  };
  return toReport({ latency, cpu: ofEach((kind) => cpu[kind].mean), throughput, persisted });
}

/** A sync, its workflow with steps that do nothing, and three empty activities. */
type Kind = 'sync' | 'steps' | 'empty';

function ofEach<T>(make: (kind: Kind) => T): Record<Kind, T> {
  return { sync: make('sync'), steps: make('steps'), empty: make('empty') };
}

function runBare(
  { starter, taskQueue }: BareWorker,
  workflow: string,
  partner: string,
  args: unknown[],
): Promise<unknown> {
  return starter.workflow.execute(workflow, {
    taskQueue,
    workflowId: `bare-${randomUUID()}`,
    staticSummary: `Nothing for ${partner}`,
    requestEagerStart: true,
    args,
  });
}

interface Figures {
  readonly latency: Readonly<Record<Kind, readonly number[]>>;
  readonly cpu: Readonly<Record<Kind, number>>;
  readonly throughput: Readonly<Record<Kind, readonly number[]>>;
  readonly persisted: Readonly<Record<Kind, number>> | null;
}

function toReport({ latency, cpu, throughput, persisted }: Figures): Report {
  const row = (what: string, figures: Record<Kind, number>, show: (figure: number) => string, goal = '') => [
    what,
    ...ofKinds(figures, show),
    times(figures.sync, figures.empty),
    times(figures.steps, figures.empty),
    goal,
  ];
  const latencyRow = (what: string, part: number, goal?: string) =>
    row(
      what,
      ofEach((kind) => quantile(latency[kind], part)),
      ms,
      goal,
    );
  return {
    title: 'A sync beside three empty activities',
    notes: [
      `From the request to start a run until its result is there, ${SINGLE_RUNS} runs of each kind in turn, one at a time;`,
      `and runs in a second with ${SLOTS} running at a time, the median of ${BLOCKS} blocks of ${SLOTS * RUNS_OF_A_LANE} of each kind in turn.`,
      '"Steps" is the workflow of a sync whose activities only return what those of a sync return: no call, no statement.',
      'All are started as `npm start` does: on the connection of the worker, which gets the first task with the answer to the start.',
      'The partners answer at once. Temporal, Postgres, partners, workers and the client share this machine; the last three are one process.',
    ],
    headings: ['', 'sync', 'steps', 'empty', 'sync / empty', 'steps / empty', 'goal of a sync'],
    rows: [
      latencyRow('one at a time, ms, median', 0.5, '≤ 1.2×'),
      latencyRow('one at a time, ms, p95', 0.95),
      [
        'p99 beside the median',
        ...ofKinds(
          ofEach((kind) => quantile(latency[kind], 0.99) / median(latency[kind])),
          (figure) => times(figure, 1),
        ),
        '',
        '',
        '≤ 2×',
      ],
      row('CPU time of this process, ms a run', cpu, ms),
      ...(persisted
        ? [row('updates that Temporal persists for a run', persisted, (figure) => figure.toFixed(1), '≤ 11')]
        : []),
      row(
        `${SLOTS} at a time, runs/s`,
        ofEach((kind) => median(throughput[kind])),
        (figure) => figure.toFixed(1),
        '≥ 0.85×',
      ),
    ],
  };
}

function ofKinds(figures: Record<Kind, number>, show: (figure: number) => string): string[] {
  return [figures.sync, figures.steps, figures.empty].map(show);
}

/** The CPU time of this process during some work, in milliseconds. */
class CpuTime {
  private sum = 0;
  private count = 0;

  get mean(): number {
    return this.sum / this.count;
  }

  async add(work: () => Promise<unknown>): Promise<void> {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    this.sum += (user + system) / 1_000;
    this.count += 1;
  }
}

/** One run after the other for each partner, all partners at the same time. */
async function runsPerSecond(
  partners: readonly string[],
  run: (partner: string) => Promise<unknown>,
): Promise<number> {
  const took = await timed(() =>
    Promise.all(
      partners.map(async (partner) => {
        for (let number = 0; number < RUNS_OF_A_LANE; number += 1) await run(partner);
      }),
    ),
  );
  return (partners.length * RUNS_OF_A_LANE * 1_000) / took;
}
