import type { RunFilter } from '../../../src/store/lists/filters';
import { openRun } from '../../../src/store/runs/open-run';
import { getRun, listRuns } from '../../../src/store/runs/read-runs';
import { endedRun } from '../../support/ended-runs';
import { callsForPages } from '../../support/long-run';
import { call, openedRun, opening, useStore } from '../../support/store-fixtures';

describe('runs', () => {
  const store = useStore();
  const found = async (filter: RunFilter) =>
    (await listRuns(store.dataSource, { ...filter, limit: 50 })).items.map(({ id }) => id);
  const failed = (attempt: number) =>
    call({ endpoint: 'providers', attempt, httpStatus: 500, outcome: 'PartnerError' });

  it('are found by whether they needed a repeat, whether they succeeded at last or not', async () => {
    const { dataSource } = store;
    const plain = await endedRun(dataSource, {
      ago: '4 h',
      calls: [call(), call({ endpoint: 'providers' })],
    });
    const repeated = await endedRun(dataSource, {
      ago: '3 h',
      calls: [call(), failed(1), call({ endpoint: 'providers', attempt: 2 })],
    });
    const inVain = await endedRun(dataSource, {
      ago: '2 h',
      failure: 'PartnerError',
      calls: [call(), failed(1), failed(2), failed(3)],
    });
    const none = await endedRun(dataSource, { ago: '1 h', failure: 'UnknownPartner' });
    expect(await found({ repeated: true })).toEqual([inVain, repeated]);
    expect(await found({ repeated: true, status: 'succeeded' })).toEqual([repeated]);
    expect(await found({ repeated: false })).toEqual([none, plain]);
    expect(
      await Promise.all([plain, repeated, inVain].map(async (id) => (await getRun(dataSource, id))?.repeats)),
    ).toEqual([0, 1, 2]);
  });

  it('with many pages needed a repeat only if a page did', async () => {
    const smooth = await endedRun(store.dataSource, { ago: '2 h', calls: callsForPages(30, 31) });
    const rough = await endedRun(store.dataSource, { ago: '1 h', calls: callsForPages(30, 10) });
    expect(await found({ repeated: true })).toEqual([rough]);
    expect(await found({ repeated: false })).toEqual([smooth]);
    expect((await getRun(store.dataSource, rough))?.repeats).toBe(3);
  });

  it('are found by their duration; a running run counts with its time so far, and a skipped run has none', async () => {
    const { dataSource } = store;
    const quick = await endedRun(dataSource, { ago: '5 h', took: '900 ms' });
    const exact = await endedRun(dataSource, { ago: '4 h', took: '10 s' });
    const slow = await endedRun(dataSource, { ago: '3 h', took: '90 s' });
    const running = await openedRun(dataSource);
    await openRun(dataSource, opening(), async () => true);
    expect(await found({ minDurationMs: 10_000 })).toEqual([slow, exact]);
    expect(await found({ minDurationMs: 10_001 })).toEqual([slow]);
    expect(await found({ maxDurationMs: 10_000 })).toEqual([exact, quick]);
    expect(await found({ minDurationMs: 1_000, maxDurationMs: 60_000 })).toEqual([exact]);
    await dataSource.query(`UPDATE sync_runs SET started_at = now() - interval '2 min' WHERE id = $1`, [
      running,
    ]);
    expect(await found({ minDurationMs: 60_000 })).toEqual([running, slow]);
  });
});

describe('a long history of runs', () => {
  const store = useStore({ keepRows: true });

  beforeAll(async () => {
    await store.dataSource.query(
      `INSERT INTO sync_runs (partner, trigger, status, workflow_id, run_id, started_at, finished_at)
       SELECT 'noteworth', 'schedule', 'succeeded', 'w' || n, 'r' || n, now() - n * interval '3 min',
         now() - n * interval '3 min' + CASE WHEN n % 5000 = 0 THEN interval '7 min' ELSE (n % 3000) * interval '1 ms' END
       FROM generate_series(1, 20000) n`,
    );
    await store.dataSource.query(
      `INSERT INTO partner_calls (run_id, endpoint, page, attempt, started_at, outcome)
       SELECT id, 'providers', 1, attempt, started_at, 'ok'
       FROM sync_runs CROSS JOIN generate_series(1, 2) attempt
       WHERE attempt = 1 OR right(workflow_id, 1) = '0'`,
    );
    await store.dataSource.query('VACUUM ANALYZE');
  });
  afterEach(() => jest.restoreAllMocks());

  it.each([
    [{ repeated: true }, ['sync_runs_by_start', 'partner_calls_repeats']],
    [{ repeated: false }, ['sync_runs_by_start', 'partner_calls_repeats']],
    [{ minDurationMs: 300_000 }, ['sync_runs_by_duration', 'sync_runs_one_running']],
    [{ minDurationMs: 1_000 }, ['sync_runs_by_start']],
  ])('is read through indexes for %j', async (filter, indexes) => {
    const query = jest.spyOn(store.dataSource, 'query');
    await listRuns(store.dataSource, { ...filter, limit: 50 });
    const [sql, parameters] = query.mock.calls[0] ?? [];
    const lines: { 'QUERY PLAN': string }[] = await store.dataSource.query(`EXPLAIN ${sql}`, parameters);
    const plan = lines.map((line) => line['QUERY PLAN']).join('\n');
    for (const index of indexes) expect(plan).toContain(index);
    expect(plan).not.toMatch(/Seq Scan on (sync_runs|partner_calls)/);
  });
});
