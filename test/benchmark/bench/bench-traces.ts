import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { startSimulator } from '../../../src/simulator/simulator';
import { partnersFile } from '../../support/partners';
import { startTraceSink } from '../../support/trace-sink';
import type { BenchOptions } from './bench-options';
import { interleave, median, quantile } from './measure';
import { ms, type Report, times } from './report';
import { startTemporal, withPostgres } from './servers';
import type { SyncingOptions, SyncingReport } from './syncing-process';

/** Two processes differ a little with the same work, so there are several of each kind. */
const PAIRS = 2;
const BLOCKS = 25;
const RUNS = 5;
/** A process gets faster in its first runs. */
const WARM_UP = 8;
const PARTNER = 'noteworth';

/** Compares the CPU time of syncs with and without traces. */
export async function benchTraces({ log }: BenchOptions): Promise<Report> {
  return withPostgres(log, async (bench) => {
    const { url: databaseUrl, cleanup } = bench;
    const temporalAddress = await startTemporal(bench, log);
    const sink = await startTraceSink();
    cleanup.add('the receiver of traces', () => sink.close());
    const simulator = await startSimulator({ seed: 1, rates: { auth: {}, providers: {} } });
    cleanup.add('the partner', () => simulator.close());
    const common = {
      databaseUrl,
      temporalAddress,
      partner: PARTNER,
      partnersFile: partnersFile([[PARTNER, { baseUrl: simulator.url }]]),
    };
    const start = (isTraced: boolean) =>
      startProcess({ ...common, isTraced, taskQueue: `bench-${randomUUID()}` }, sink.url);
    const figures = { traced: [] as number[], bare: [] as number[] };
    for (let pair = 0; pair < PAIRS; pair += 1) {
      // Each kind starts first in turn.
      const order = pair % 2 === 0 ? [true, false] : [false, true];
      const processes = new Map<boolean, ChildProcess>();
      for (const isTraced of order) processes.set(isTraced, await start(isTraced));
      const [traced, bare] = [processes.get(true), processes.get(false)] as [ChildProcess, ChildProcess];
      const more = await interleave(
        { rounds: BLOCKS, warmUp: WARM_UP },
        { traced: () => measureBlock(traced), bare: () => measureBlock(bare) },
      );
      for (const kind of ['traced', 'bare'] as const) figures[kind].push(...more[kind]);
      await Promise.all([traced, bare].map(stopProcess));
    }
    return toReport(figures, sink.spans.length / (PAIRS * (BLOCKS + WARM_UP) * RUNS));
  });
}

async function startProcess(options: SyncingOptions, receiver: string): Promise<ChildProcess> {
  const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver };
  const started = fork(require.resolve('./syncing-process'), { env });
  started.send(options);
  await answerOf(started);
  return started;
}

/** The CPU time of a run in milliseconds, in the mean of a block. */
async function measureBlock(syncing: ChildProcess): Promise<number> {
  syncing.send(RUNS);
  return Number(await answerOf(syncing));
}

async function stopProcess(syncing: ChildProcess): Promise<void> {
  syncing.send(0);
  await once(syncing, 'exit');
}

function answerOf(syncing: ChildProcess): Promise<SyncingReport> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`A process with a worker ended with ${code}`));
    syncing.once('exit', ended);
    syncing.once('message', (report: SyncingReport) => {
      syncing.off('exit', ended);
      resolve(report);
    });
  });
}

function toReport({ traced, bare }: Record<'traced' | 'bare', number[]>, spans: number): Report {
  const row = (what: string, figure: (values: readonly number[]) => number, goal: string) => [
    what,
    ms(figure(traced)),
    ms(figure(bare)),
    times(figure(traced), figure(bare)),
    goal,
  ];
  return {
    title: 'A sync with traces beside one without',
    notes: [
      `CPU time of the process with the worker, in milliseconds a run: ${PAIRS} pairs of processes, ${BLOCKS} blocks of ${RUNS} runs of each in turn,`,
      `one run at a time. A block sends its last spans. A run has ${spans.toFixed(1)} spans.`,
      'The receiver, the partner, Postgres and Temporal are other processes, whose CPU time is not counted.',
    ],
    headings: ['', 'with', 'without', 'ratio', 'goal'],
    rows: [
      row('CPU time, median', median, '≤ 1.03×'),
      row('CPU time, fastest quarter', (values) => quantile(values, 0.25), ''),
    ],
  };
}
