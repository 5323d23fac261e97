import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../../src/process/logger';
import { Cleanup } from '../../../src/process/shutdown';
import { seededRandom } from '../../../src/simulator/random';
import { checkStage } from './check-stage';
import { drainWebhooks } from './check-webhooks';
import { MemoryWatch } from './memory-watch';
import { type Stage, setUpStage } from './stage';
import { createStrikes, keepStriking } from './strikes';
import { fact, type Line, never } from './table';

/** The number of strikes at the same time, and the mean pause of a striker between two strikes. */
const STRIKERS = 2;
const PAUSE_MS = 3_000;
/** The time for the last runs after the last strike. */
const SETTLES_WITHIN_MS = 4 * 60_000;
const PROGRESS_EVERY_MS = 30_000;

export interface ChaosOptions {
  readonly runs: number;
  /** No run is started after this many. */
  readonly minutes: number;
  readonly partners: number;
  readonly seed: number;
  readonly log: Logger;
  /** The folder that keeps logs, tables and histories, if any. */
  readonly keep: string | undefined;
  readonly tell: (progress: string) => void;
}

/**
 * Executes runs for several partners with simulated faults at their true rates, while strikes hit workers, Postgres,
 * Temporal and the connections to them. Then compares everything that is stored with the answers that were served.
 */
export async function soakInChaos(options: ChaosOptions): Promise<Line[]> {
  const cleanup = new Cleanup(options.log);
  try {
    const stage = await setUpStage(options, cleanup);
    const began = performance.now();
    const { strikes, memory, settled } = await soak(stage, options);
    const seconds = (performance.now() - began) / 1000;
    await drainWebhooks(stage.dataSource, stage.receiver);
    const slots = [stage.steady, ...stage.mortals];
    await Promise.all(slots.map((slot) => slot.stop()));
    return [
      fact(
        'soaked',
        `${(seconds / 60).toFixed(1)} minutes (seed ${options.seed}, ${stage.lanes.length} partners)`,
      ),
      ...[...strikes].map(([name, count]) => fact(`  ${name}`, count)),
      ...(await checkStage(stage, options.keep)),
      never(
        'workers that ended by themselves',
        slots.reduce((sum, { crashes }) => sum + crashes, 0),
      ),
      never(
        'workers that did not stop when asked',
        slots.reduce((sum, { refusals }) => sum + refusals, 0),
      ),
      fact('MB of the worker that was never killed, by thirds', memory.describe()),
      never('  grown from the second third to the last', memory.hasGrown() ? 1 : 0),
      never('soaks that did not come to an end', settled ? 0 : 1),
    ];
  } finally {
    await cleanup.run();
  }
}

async function soak(
  { postgres, temporal, mortals, steady, lanes, erasure }: Stage,
  { runs, minutes, seed, tell }: ChaosOptions,
): Promise<{ strikes: ReadonlyMap<string, number>; memory: MemoryWatch; settled: boolean }> {
  const tokenUrls = lanes.flatMap(({ options: { partner } }) => partner.tokenUrl ?? []);
  const random = seededRandom(seed);
  const peace = new AbortController();
  const stopAt = Date.now() + minutes * 60_000;
  const started = () => lanes.reduce((sum, lane) => sum + lane.started.length, 0);
  const rounds = Promise.all(
    lanes.map(async (lane) => {
      const round = () => (lane === erasure.lane ? erasure.round() : lane.round());
      while (started() < runs && Date.now() < stopAt) await round();
    }),
  );
  const memory = new MemoryWatch(() => steady.pid);
  const progress = setInterval(() => tell(`${started()} of ${runs} runs started`), PROGRESS_EVERY_MS);
  try {
    const striking = keepStriking(createStrikes({ postgres, temporal, mortals, steady, tokenUrls }, random), {
      random,
      pauseMs: PAUSE_MS,
      hands: STRIKERS,
      over: peace.signal,
    });
    await Promise.race([rounds, striking, sleep(stopAt - Date.now(), undefined, { ref: false })]);
    peace.abort();
    const strikes = await striking;
    tell('Nobody strikes any more; the last runs end');
    // This run replaces a run that an operator ended while it held the partner.
    const ended = rounds
      .then(() => erasure.settle())
      .then(() => Promise.all(lanes.map((lane) => lane.lastRun())));
    const settled = await Promise.race([
      ended.then(() => true),
      sleep(SETTLES_WITHIN_MS, false, { ref: false }),
    ]);
    return { strikes, memory, settled };
  } finally {
    peace.abort();
    memory.stop();
    clearInterval(progress);
  }
}
