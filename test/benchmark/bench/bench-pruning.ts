import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { PrunePlace } from '../../../src/contract/prune';
import { pruneStep } from '../../../src/store/prune/prune-history';
import { startTestApi } from '../../support/api';
import type { BenchOptions } from './bench-options';
import { fillDirectory } from './fill-directory';
import { median, quantile, timed } from './measure';
import { ms, type Report, times, whole } from './report';
import { withStore } from './servers';

const PROVIDERS = 10_000;
const RUNS = 250_000;
const CALLS = 4 * RUNS;
const RUNS_AT_ONCE = 10_000;
/** Milliseconds of a window. Windows with and without the removal take turns, so that other work affects both. */
const WINDOW_MS = 4_000;
const READERS = 2;
/** Milliseconds between two requests of a reader. */
const PAUSE_MS = 20;
const DAY_MS = 86_400_000;
const PATHS = [
  '/providers',
  '/runs',
  '/rejected-records',
  '/api/v1/providers?limit=50',
  '/api/v1/syncs?limit=50',
];

/** Milliseconds of requests and of the steps of the removal. */
interface Measured {
  readonly without: number[];
  readonly beside: number[];
  readonly steps: number[];
}

/** Measures pages and lists while a million calls are removed, and in the pauses between. */
export async function benchPruning({ log }: BenchOptions): Promise<Report> {
  return withStore(log, 8, async ({ dataSource, cleanup }) => {
    await fillDirectory(dataSource, 'noteworth', PROVIDERS);
    await fillOldCalls(dataSource);
    const api = await startTestApi({ dataSource });
    cleanup.add('the API', () => api.close());
    const measured: Measured = { without: [], beside: [], steps: [] };
    const took = await timed(() => measure(api.url, dataSource, measured));
    const { without, beside, steps } = measured;
    const row = (name: string, figure: (values: readonly number[]) => number) => [
      name,
      ms(figure(without)),
      ms(figure(beside)),
      times(figure(beside), figure(without)),
    ];
    return {
      title: `Pages while ${whole(CALLS)} calls of ${whole(RUNS)} runs are removed`,
      notes: [
        `Milliseconds of requests to five pages and lists by ${READERS} readers: in windows of ${WINDOW_MS / 1000} s with the removal, and in as many without it, which took turns for ${Math.round(took / 1000)} s.`,
        `${steps.length} steps took ${ms(median(steps))} ms in the median, at most ${ms(Math.max(...steps))} ms.`,
      ],
      headings: ['', 'without', 'beside the removal', 'ratio'],
      rows: [
        ['requests', whole(without.length), whole(beside.length), ''],
        row('median', median),
        row('95 %', (values) => quantile(values, 0.95)),
        row('99 %', (values) => quantile(values, 0.99)),
        row('most', (values) => Math.max(...values)),
      ],
    };
  });
}

/** Runs of two years ago, each with four calls. A statement writes a part of them, within its time limit. */
async function fillOldCalls(dataSource: DataSource): Promise<void> {
  for (let first = 1; first <= RUNS; first += RUNS_AT_ONCE) {
    await dataSource.query(
      `WITH run AS (
         INSERT INTO sync_runs (partner, trigger, status, workflow_id, run_id, started_at, finished_at)
         SELECT 'noteworth', 'schedule', 'failed', 'old-' || place, gen_random_uuid(), at, at
         FROM generate_series($1::integer, $2::integer) place
         CROSS JOIN LATERAL (SELECT now() - interval '730 days' + place * interval '1 minute' AS at) times
         RETURNING id, started_at
       )
       INSERT INTO partner_calls (run_id, endpoint, attempt, started_at, took_ms, http_status, bytes, outcome)
       SELECT id, 'auth', attempt, started_at, 200, 500, 100, 'PartnerError'
       FROM run, generate_series(1, 4) attempt`,
      [first, first + RUNS_AT_ONCE - 1],
    );
  }
  await dataSource.query('VACUUM ANALYZE sync_runs');
  await dataSource.query('VACUUM ANALYZE partner_calls');
}

async function measure(
  url: string,
  dataSource: DataSource,
  { without, beside, steps }: Measured,
): Promise<void> {
  let removing = false;
  const over = new AbortController();
  const read = async (paths: readonly string[]) => {
    for (let turn = 0; !over.signal.aborted; turn++) {
      const before = removing;
      const took = await timed(() => askFor(`${url}${paths[turn % paths.length]}`));
      // A request in two windows belongs to neither.
      if (before === removing) (removing ? beside : without).push(took);
      await sleep(PAUSE_MS);
    }
  };
  const readers = Array.from({ length: READERS }, (_, number) =>
    read([...PATHS.slice(number), ...PATHS.slice(0, number)]),
  );
  try {
    await sleep(WINDOW_MS);
    let after: PrunePlace | undefined;
    for (let isDone = false; !isDone; ) {
      removing = true;
      const step = await remove(dataSource, Date.now() + WINDOW_MS, steps, after);
      removing = false;
      ({ isDone, after } = step);
      await sleep(WINDOW_MS);
    }
  } finally {
    over.abort();
    await Promise.all(readers);
  }
}

/** Removes calls until the time is over, and rests after each step for as long as it took, as a worker does. */
async function remove(
  dataSource: DataSource,
  until: number,
  steps: number[],
  from: PrunePlace | undefined,
): ReturnType<typeof pruneStep> {
  let after = from;
  const retention = { calls: 180 * DAY_MS, rawRecords: 90 * DAY_MS, runs: 1_095 * DAY_MS };
  for (;;) {
    const began = performance.now();
    const step = await pruneStep(dataSource, { what: 'calls', at: new Date(), after }, retention);
    const took = performance.now() - began;
    steps.push(took);
    after = step.after;
    if (step.isDone || Date.now() > until) return step;
    await sleep(took);
  }
}

async function askFor(address: string): Promise<void> {
  const response = await fetch(address, {
    headers: { Accept: address.includes('/api/') ? '*/*' : 'text/html' },
  });
  await response.text();
  if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
}
