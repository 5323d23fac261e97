import { RUN_STATUSES, type RunStatus } from '../../../src/contract/run';
import { ExpectedError } from '../../../src/process/expected-error';
import { listFacets } from '../../../src/store/directory/read-facets';
import {
  listRejectedRecords,
  type StoredRejectedRecord,
} from '../../../src/store/directory/read-rejected-records';
import { readRunSeries, readStats } from '../../../src/store/directory/read-stats';
import type { RejectedRecordFilter } from '../../../src/store/lists/filters';
import { streamList } from '../../../src/store/lists/stream-list';
import { closeRun } from '../../../src/store/runs/close-run';
import { saveSync } from '../../../src/store/save/save-sync';
import { awayFromHour } from '../../support/schedules';
import { answer, openedRun, provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
afterEach(() => jest.restoreAllMocks());

const none = Object.fromEntries(RUN_STATUSES.map((status) => [status, 0])) as Record<RunStatus, number>;

async function failedRun(partner: string): Promise<string> {
  const runId = await openedRun(store.dataSource, { partner });
  const failure = { type: 'PartnerError', message: 'It failed.' } as const;
  await closeRun(store.dataSource, { runId, status: 'failed', failure, calls: [] });
  return runId;
}

/** Moves the start of a run into the past, and sets how many milliseconds it took. */
async function backdate(runId: string, ago: string, took = 0): Promise<void> {
  await store.dataSource.query(
    `UPDATE sync_runs SET started_at = now() - $2::interval,
       finished_at = now() - $2::interval + make_interval(secs => $3::float8 / 1000) WHERE id = $1`,
    [runId, ago, took],
  );
}

describe('facets', () => {
  it('do not count people who have left', async () => {
    const [stays, leaves] = [provider('stays', { title: 'NP' }), provider('leaves', { title: 'PA' })];
    await sync(store.dataSource, 'snapshot', [stays, leaves]);
    await sync(store.dataSource, 'snapshot', [stays]);
    const { titles, clinics } = await listFacets(store.dataSource);
    expect([titles, clinics]).toEqual([[{ value: 'NP', count: 1 }], [{ value: 'North Clinic', count: 1 }]]);
  });

  it('count titles and clinics, the most frequent first, over all partners or one', async () => {
    await sync(store.dataSource, 'sample', [
      provider('1', { title: 'NP', clinic: 'South' }),
      provider('2', { title: 'NP', clinic: null }),
      provider('3', { title: null, clinic: '診'.repeat(1_000) }),
    ]);
    await sync(store.dataSource, 'sample', [provider('1', { title: 'PA', clinic: 'South' })], 'other');
    expect(await listFacets(store.dataSource)).toEqual({
      titles: [
        { value: 'NP', count: 2 },
        { value: 'PA', count: 1 },
      ],
      clinics: [{ value: 'South', count: 2 }],
    });
    expect(await listFacets(store.dataSource, { partner: 'other' })).toEqual({
      titles: [{ value: 'PA', count: 1 }],
      clinics: [{ value: 'South', count: 1 }],
    });
    for (const partner of ['nobody', 'nul\0']) {
      expect(await listFacets(store.dataSource, { partner })).toEqual({ titles: [], clinics: [] });
    }
  });

  it('are read once until a run changes a count', async () => {
    const counts = () => query.mock.calls.filter(([sql]) => String(sql).includes(`field = 'clinic'`)).length;
    await sync(store.dataSource, 'sample', [provider('1', { clinic: 'South' })]);
    const query = jest.spyOn(store.dataSource, 'query');
    await listFacets(store.dataSource);
    await failedRun('noteworth');
    expect((await listFacets(store.dataSource)).clinics).toEqual([{ value: 'South', count: 1 }]);
    await sync(store.dataSource, 'sample', [provider('1', { clinic: 'South' })]);
    await sync(store.dataSource, 'sample', [provider('1', { clinic: 'South' })]);
    await Promise.all([listFacets(store.dataSource), listFacets(store.dataSource)]);
    expect(counts()).toBe(1);
    await sync(store.dataSource, 'sample', [provider('2', { clinic: 'South' })]);
    await sync(store.dataSource, 'sample', [provider('2', { clinic: 'South' })]);
    await Promise.all([listFacets(store.dataSource), listFacets(store.dataSource)]);
    expect((await listFacets(store.dataSource)).clinics).toEqual([{ value: 'South', count: 2 }]);
    expect(counts()).toBe(2);
  });

  it('are read again after a failure', async () => {
    await sync(store.dataSource, 'sample', [provider('1', { clinic: 'South' })]);
    await store.dataSource.query('ALTER TABLE provider_counts RENAME TO hidden');
    await expect(listFacets(store.dataSource)).rejects.toThrow('provider_counts');
    await store.dataSource.query('ALTER TABLE hidden RENAME TO provider_counts');
    expect((await listFacets(store.dataSource)).clinics).toHaveLength(1);
  });

  it('have the most frequent titles, and thousands of clinics', async () => {
    const many = Array.from({ length: 250 }, (_, n) => provider(`${n}`, { title: `T${n}`, clinic: `C${n}` }));
    await sync(store.dataSource, 'sample', many);
    const { titles, clinics } = await listFacets(store.dataSource);
    expect([titles.length, clinics.length]).toEqual([50, 250]);
  });
});

describe('figures', () => {
  it('count the providers and runs of each partner', async () => {
    await sync(store.dataSource, 'snapshot', [provider('1'), provider('2'), provider('3')], 'one');
    const { runId: good } = await sync(store.dataSource, 'snapshot', [provider('1'), provider('2')], 'one');
    const { runId: slow } = await sync(store.dataSource, 'snapshot', [provider('1'), provider('2')], 'one');
    await backdate(good, '1 hour', 1_000);
    await backdate(slow, '2 days', 3_000);
    const [{ id: first }]: [{ id: string }] = await store.dataSource.query(
      `SELECT id FROM sync_runs WHERE id NOT IN ($1, $2)`,
      [good, slow],
    );
    await backdate(first, '8 days', 9_000);
    await backdate(await failedRun('one'), '30 minutes');
    const running = await openedRun(store.dataSource, { partner: 'one' });
    const failed = await failedRun('two');

    expect(await readStats(store.dataSource)).toEqual([
      {
        partner: 'one',
        providers: { total: 3, listed: 2 },
        lastRun: expect.objectContaining({ id: running }),
        lastSuccess: expect.objectContaining({ id: good, inserted: 0, departed: 1 }),
        running: expect.objectContaining({ id: running, status: 'running' }),
        last24Hours: { ...none, running: 1, succeeded: 1, failed: 1 },
        last7Days: { ...none, running: 1, succeeded: 2, failed: 1 },
        rejectedLast24Hours: 0,
        openRejectedLast24Hours: 0,
        openRejectedGroups: 0,
        openRejectedSince: null,
        latestOutcomes: [false, true, true, true],
        duration: { median: 2_000, p95: 2_900 },
      },
      {
        partner: 'two',
        providers: { total: 0, listed: 0 },
        lastRun: expect.objectContaining({ id: failed }),
        lastSuccess: null,
        running: null,
        last24Hours: { ...none, failed: 1 },
        last7Days: { ...none, failed: 1 },
        rejectedLast24Hours: 0,
        openRejectedLast24Hours: 0,
        openRejectedGroups: 0,
        openRejectedSince: null,
        latestOutcomes: [false],
        duration: { median: null, p95: null },
      },
    ]);
  });

  it('are none before the first run', async () => {
    expect(await readStats(store.dataSource)).toEqual([]);
  });

  it('have a point for each day or each hour', async () => {
    await awayFromHour();
    const { runId } = await sync(store.dataSource, 'sample', [provider('1')], 'one');
    await backdate(runId, '3 days', 500);
    await failedRun('two');
    const days = await readRunSeries(store.dataSource, { days: 7 });
    expect(days).toHaveLength(7);
    expect(days.every(({ start }) => start.endsWith('T00:00:00.000Z'))).toBe(true);
    expect(days.filter(({ medianDuration }) => medianDuration !== null)).toEqual([
      { start: days[3]?.start, counts: { ...none, succeeded: 1 }, medianDuration: 500 },
    ]);
    expect(days.at(-1)).toMatchObject({ counts: { ...none, failed: 1 }, medianDuration: null });

    const hours = await readRunSeries(store.dataSource, { partner: 'two', days: 2 });
    expect(hours).toHaveLength(48);
    expect(hours.filter(({ counts }) => counts.failed > 0)).toEqual(hours.slice(-1));
    const unknown = await readRunSeries(store.dataSource, { partner: 'nul\0', days: 1 });
    expect(unknown.map(({ counts }) => counts)).toEqual(Array(24).fill(none));
  });

  it.each([0, 1.5, 367, Number.NaN])('refuse %j days', async (days) => {
    await expect(readRunSeries(store.dataSource, { days })).rejects.toThrow(ExpectedError);
  });
});

describe('rejected records', () => {
  async function rejecting(partner: string, count: number): Promise<string> {
    const runId = await openedRun(store.dataSource, { partner });
    const rejected = Array.from({ length: count }, (_, position) => ({
      position,
      reason: position === 0 ? ('NotText' as const) : ('MissingField' as const),
      field: 'title',
      raw: `{"n":${position}}`,
    }));
    await saveSync(store.dataSource, {
      runId,
      partner,
      feed: 'sample',
      answer: answer([], { rejected }),
      calls: [],
    });
    return runId;
  }

  async function found(filter: RejectedRecordFilter): Promise<StoredRejectedRecord[]> {
    const items: StoredRejectedRecord[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await listRejectedRecords(store.dataSource, { ...filter, limit: 2, cursor });
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  it('are listed with the latest first, and filtered by partner, run or reason', async () => {
    const first = await rejecting('one', 3);
    const second = await rejecting('two', 2);
    const all = await found({});
    expect(all.map(({ runId, record }) => [runId, record])).toEqual([
      [second, 2],
      [second, 1],
      [first, 3],
      [first, 2],
      [first, 1],
    ]);
    expect(all[0]).toEqual({
      runId: second,
      record: 2,
      partner: 'two',
      reason: 'MissingField',
      field: 'title',
      raw: '{"n":1}',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      givenName: null,
      familyName: null,
      state: 'open',
      groupId: expect.stringMatching(/^[0-9a-f]{64}$/),
      goneByRunId: null,
      resolvedByRunId: null,
      dismissedAt: null,
      dismissedBy: null,
      dismissedReason: null,
    });
    expect(await found({ partner: 'one' })).toEqual(all.slice(2));
    expect(await found({ runId: second })).toEqual(all.slice(0, 2));
    expect(await found({ reason: 'NotText' })).toEqual([all[1], all[4]]);
    for (const filter of [{ partner: '\0' }, { runId: '\0' }, { runId: 'none' }]) {
      expect(await found(filter)).toEqual([]);
    }
  });

  it('come one by one as a stream', async () => {
    await rejecting('one', 250);
    const streamed: StoredRejectedRecord[] = [];
    for await (const record of streamList(store.dataSource, listRejectedRecords, {})) streamed.push(record);
    expect(streamed.map(({ record }) => record)).toEqual(
      Array.from({ length: 250 }, (_, index) => 250 - index),
    );
  });
});
