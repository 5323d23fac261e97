import { randomUUID } from 'node:crypto';
import type { Cleanup } from '../../../src/process/shutdown';
import { startSimulator } from '../../../src/simulator/simulator';
import { startSync } from '../../../src/temporal/runs/start-sync';
import { type Engine, startEngine } from '../../support/engine';
import { partnersFile } from '../../support/partners';
import type { BenchOptions } from './bench-options';
import { startEmptyWorker } from './empty-worker';
import type { emptyWorkflow } from './empty-workflow';
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
    return await measure(
      partners.map(({ name }) => name),
      engine,
      empty,
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
  { starter: emptyStarter, taskQueue: emptyQueue }: Awaited<ReturnType<typeof startEmptyWorker>>,
  writes: TemporalWrites | null,
): Promise<Report> {
  const sync = async (partner: string) => {
    const handle = await startSync(starter, config.taskQueue, { partner, trigger: 'cli' });
    const { status } = await handle.result();
    if (status !== 'succeeded') throw new Error(`A run of ${partner} was ${status}`);
  };
  const empty = (partner: string) =>
    emptyStarter.workflow.execute<typeof emptyWorkflow>('emptyWorkflow', {
      taskQueue: emptyQueue,
      workflowId: `empty-${randomUUID()}`,
      staticSummary: `Nothing for ${partner}`,
      requestEagerStart: true,
    });
  const [first = ''] = partners;
  const cpu = { sync: new CpuTime(), empty: new CpuTime() };
  const latency = await interleave(
    { rounds: SINGLE_RUNS, warmUp: 10 },
    {
      sync: () => timed(() => cpu.sync.add(() => sync(first))),
      empty: () => timed(() => cpu.empty.add(() => empty(first))),
    },
  );
  const throughput = await interleave(
    { rounds: BLOCKS },
    {
      sync: () => runsPerSecond(partners, sync),
      empty: () => runsPerSecond(partners, empty),
    },
  );
  const persisted = writes && {
    sync: await writes.perRun(COUNTED_RUNS, () => sync(first)),
    empty: await writes.perRun(COUNTED_RUNS, () => empty(first)),
  };
  const perSecond = { sync: median(throughput.sync), empty: median(throughput.empty) };
  const latencyRow = (what: string, part: number, goal: string) => [
    what,
    ms(quantile(latency.sync, part)),
    ms(quantile(latency.empty, part)),
    times(quantile(latency.sync, part), quantile(latency.empty, part)),
    goal,
  ];
  return {
    title: 'A sync beside three empty activities',
    notes: [
      `From the request to start a run until its result is there, ${SINGLE_RUNS} runs of each kind in turn, one at a time;`,
      `and runs in a second with ${SLOTS} running at a time, the median of ${BLOCKS} blocks of ${SLOTS * RUNS_OF_A_LANE} of each kind in turn.`,
      'Both are started as `npm start` does: on the connection of the worker, which gets the first task with the answer to the start.',
      'The partners answer at once. Temporal, Postgres, partners, workers and the client share this machine; the last three are one process.',
    ],
    headings: ['', 'sync', 'empty', 'ratio', 'goal'],
    rows: [
      latencyRow('one at a time, ms, median', 0.5, '≤ 1.2×'),
      latencyRow('one at a time, ms, p95', 0.95, ''),
      [
        'p99 beside the median',
        ...[latency.sync, latency.empty].map((took) => times(quantile(took, 0.99), median(took))),
        '',
        '≤ 2×',
      ],
      [
        'CPU time of this process, ms a run',
        ms(cpu.sync.mean),
        ms(cpu.empty.mean),
        times(cpu.sync.mean, cpu.empty.mean),
        '',
      ],
      [
        'updates that Temporal persists for a run',
        persisted?.sync.toFixed(1) ?? '',
        persisted?.empty.toFixed(1) ?? '',
        persisted ? times(persisted.sync, persisted.empty) : '',
        '≤ 11',
      ],
      [
        `${SLOTS} at a time, runs/s`,
        perSecond.sync.toFixed(1),
        perSecond.empty.toFixed(1),
        times(perSecond.sync, perSecond.empty),
        '≥ 0.85×',
      ],
    ],
  };
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
