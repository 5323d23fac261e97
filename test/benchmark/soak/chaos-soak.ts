import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../../src/process/logger';
import { Cleanup } from '../../../src/process/shutdown';
import { seededRandom } from '../../../src/simulator/random';
import { checkStage } from './check-stage';
import { MemoryWatch } from './memory-watch';
import { type Stage, setUpStage } from './stage';
import { createStrikes, keepStriking } from './strikes';
import { fact, type Line, never } from './table';

/** Strikes at a time, and the mean pause of each striker between two of them. */
const STRIKERS = 2;
const PAUSE_MS = 3_000;
/** How long the last runs may take once nobody strikes any more. */
const SETTLES_WITHIN_MS = 4 * 60_000;
const PROGRESS_EVERY_MS = 30_000;

export interface ChaosOptions {
  readonly runs: number;
  /** After these no run is started. */
  readonly minutes: number;
  readonly partners: number;
  readonly seed: number;
  readonly log: Logger;
  /** Where logs, tables and histories are left, if anywhere. */
  readonly keep: string | undefined;
  readonly tell: (progress: string) => void;
}

/**
 * Runs for several partners, each behind simulated faults at their true rates, while workers, Postgres,
 * Temporal and the ways to them are struck; then compares what is left everywhere with what was served.
 */
export async function soakInChaos(options: ChaosOptions): Promise<Line[]> {
  const cleanup = new Cleanup(options.log);
  try {
    const stage = await setUpStage(options, cleanup);
    const began = performance.now();
    const { strikes, memory, settled } = await soak(stage, options);
    const seconds = (performance.now() - began) / 1000;
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
  { postgres, temporal, mortals, steady, lanes }: Stage,
  { runs, minutes, seed, tell }: ChaosOptions,
): Promise<{ strikes: ReadonlyMap<string, number>; memory: MemoryWatch; settled: boolean }> {
  const partners = lanes.map(({ options }) => options.simulator);
  const random = seededRandom(seed);
  const peace = new AbortController();
  const stopAt = Date.now() + minutes * 60_000;
  const started = () => lanes.reduce((sum, lane) => sum + lane.started.length, 0);
  const rounds = Promise.all(
    lanes.map(async (lane) => {
      while (started() < runs && Date.now() < stopAt) await lane.round();
    }),
  );
  const memory = new MemoryWatch(() => steady.pid);
  const progress = setInterval(() => tell(`${started()} of ${runs} runs started`), PROGRESS_EVERY_MS);
  try {
    const striking = keepStriking(createStrikes({ postgres, temporal, mortals, steady, partners }, random), {
      random,
      pauseMs: PAUSE_MS,
      hands: STRIKERS,
      over: peace.signal,
    });
    await Promise.race([rounds, striking, sleep(stopAt - Date.now(), undefined, { ref: false })]);
    peace.abort();
    const strikes = await striking;
    tell('Nobody strikes any more; the last runs end');
    // Its one run takes over what an operator's victim still held.
    const ended = rounds.then(() => Promise.all(lanes.map((lane) => lane.lastRun())));
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
