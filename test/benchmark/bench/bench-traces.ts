import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { startSimulator } from '../../../src/simulator/simulator';
import { partnersFile } from '../../support/partners';
import { startTraceSink } from '../../support/trace-sink';
import type { BenchOptions } from './bench-options';
import { interleave, median } from './measure';
import { ms, type Report } from './report';
import { startTemporal, withPostgres } from './servers';
import type { Block, Kind, SyncingOptions, SyncingReport } from './syncing-process';

const BLOCKS = 100;
const RUNS = 10;
/** A process gets faster in its first runs. */
const WARM_UP = 20;
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
    const options: SyncingOptions = {
      databaseUrl,
      temporalAddress,
      partner: PARTNER,
      partnersFile: partnersFile([[PARTNER, { baseUrl: simulator.url }]]),
      taskQueues: { traced: `bench-${randomUUID()}`, bare: `bench-${randomUUID()}` },
    };
    const syncing = await startProcess(options, sink.url);
    const measure = (kind: Kind) => () => measureBlock(syncing, { kind, runs: RUNS });
    const figures = await interleave(
      { rounds: BLOCKS, warmUp: WARM_UP },
      { traced: measure('traced'), bare: measure('bare') },
    );
    await stopProcess(syncing);
    return toReport(figures, sink.spans.length / ((BLOCKS + WARM_UP) * RUNS));
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
async function measureBlock(syncing: ChildProcess, block: Block): Promise<number> {
  syncing.send(block);
  return Number(await answerOf(syncing));
}

async function stopProcess(syncing: ChildProcess): Promise<void> {
  const end: Block = { kind: 'bare', runs: 0 };
  syncing.send(end);
  await once(syncing, 'exit');
}

function answerOf(syncing: ChildProcess): Promise<SyncingReport> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) =>
      reject(new Error(`The process with the workers ended with ${code}`));
    syncing.once('exit', ended);
    syncing.once('message', (report: SyncingReport) => {
      syncing.off('exit', ended);
      resolve(report);
    });
  });
}

function toReport({ traced, bare }: Record<Kind, number[]>, spans: number): Report {
  const ratio = median(traced.map((figure, block) => figure / (bare[block] ?? Number.NaN)));
  return {
    title: 'A sync with traces beside one without',
    notes: [
      `CPU time of the process with the workers, in milliseconds a run: medians of ${BLOCKS} blocks of ${RUNS} runs of each in turn,`,
      `one run at a time. The ratio is the median of the ratios of neighbouring blocks. A block sends its last spans. A run`,
      `has ${spans.toFixed(1)} spans. The receiver, the partner, Postgres and Temporal are other processes, whose CPU time is not counted.`,
    ],
    headings: ['', 'with', 'without', 'ratio', 'goal'],
    rows: [['CPU time', ms(median(traced)), ms(median(bare)), `${ratio.toFixed(3)}×`, '≤ 1.03×']],
  };
}
