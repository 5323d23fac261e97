import { Client } from 'pg';
import type { CheckedProvider } from '../../../src/contract/answer';
import { classifyStoreError, RunSupersededError } from '../../../src/store/postgres/store-failure';
import { closeRun } from '../../../src/store/runs/close-run';
import { getRun } from '../../../src/store/runs/read-runs';
import { openPageStream } from '../../../src/store/staging/page-stream';
import { stagePage } from '../../../src/store/staging/stage-page';
import { pageEnd, pageToStage, sliceOf, stageRecords } from '../../support/staging';
import { call, openedRun, provider, useStore } from '../../support/store-fixtures';
import { storedRows } from '../../support/stored-rows';

describe('stagePage', () => {
  const store = useStore();
  const { count } = storedRows(store);
  const people = (...keys: string[]) => keys.map((key) => provider(key));
  const rejected = { reason: 'NullField', field: 'title', raw: '{"title":null}' } as const;
  const staged = (): Promise<unknown[]> =>
    store.dataSource.query(
      'SELECT page, position, given_name AS name, reason FROM staged_records ORDER BY position',
    );

  it('keeps the records of each page with their positions among all records', async () => {
    const runId = await openedRun(store.dataSource);
    const first = await stageRecords(store.dataSource, runId, 1, [provider('a'), rejected], {
      next: 'cursor-2',
      total: 4,
    });
    const same = { total: 4, largestTotal: 4, repeatedPage: null, equalPage: null };
    expect(first).toEqual({ ...same, pages: 1, records: 2 });
    const second = await stageRecords(store.dataSource, runId, 2, people('b', 'c'));
    expect(second).toEqual({ ...same, pages: 2, records: 4 });
    expect(await staged()).toEqual([
      { page: 1, position: 0, name: 'Given a', reason: null },
      { page: 1, position: 1, name: null, reason: 'NullField' },
      { page: 2, position: 2, name: 'Given b', reason: null },
      { page: 2, position: 3, name: 'Given c', reason: null },
    ]);
  });

  it('counts the records of pages that a worker without running totals staged', async () => {
    const runId = await openedRun(store.dataSource);
    await stageRecords(store.dataSource, runId, 1, people('a', 'b'));
    await stageRecords(store.dataSource, runId, 2, people('c', 'd'));
    await store.dataSource.query('UPDATE staged_pages SET records_so_far = NULL');
    expect(await stageRecords(store.dataSource, runId, 3, people('e'))).toMatchObject({ records: 5 });
    expect((await staged()).at(-1)).toMatchObject({ page: 3, position: 4 });
  });

  it('adds the calls to the ledger with the page', async () => {
    const runId = await openedRun(store.dataSource);
    const calls = [call({ page: 1 }), call({ page: 1, endpoint: 'providers', attempt: 2 })];
    await stageRecords(store.dataSource, runId, 1, people('a'), { calls });
    expect((await getRun(store.dataSource, runId))?.calls).toEqual(calls);
  });

  it('replaces what an earlier attempt staged for this page and for later ones', async () => {
    const runId = await openedRun(store.dataSource);
    await stageRecords(store.dataSource, runId, 1, people('a'));
    await stageRecords(store.dataSource, runId, 2, people('b', 'c'));
    await stageRecords(store.dataSource, runId, 3, people('d'));
    const totals = await stageRecords(store.dataSource, runId, 2, people('e'));
    expect(totals).toMatchObject({ pages: 2, records: 2 });
    expect(await staged()).toMatchObject([{ name: 'Given a' }, { name: 'Given e', position: 1 }]);
  });

  it('reports the page to which the next cursor has led before', async () => {
    const runId = await openedRun(store.dataSource);
    await stageRecords(store.dataSource, runId, 1, people('a'), { next: 'cursor-2' });
    const itself = await stageRecords(store.dataSource, runId, 2, people('b'), { next: 'cursor-2' });
    expect(itself.repeatedPage).toBe(2);
    await stageRecords(store.dataSource, runId, 2, people('b'), { next: 'cursor-3' });
    const earlier = await stageRecords(store.dataSource, runId, 3, people('c'), { next: 'cursor-2' });
    expect(earlier.repeatedPage).toBe(2);
  });

  it('reports an earlier page with the same records, of which there are two or more', async () => {
    const runId = await openedRun(store.dataSource);
    await stageRecords(store.dataSource, runId, 1, people('a', 'b'));
    const equal = await stageRecords(store.dataSource, runId, 2, people('a', 'b'));
    expect(equal.equalPage).toBe(1);
    const other = await stageRecords(store.dataSource, runId, 2, people('c'));
    expect(other.equalPage).toBeNull();
    const single = await stageRecords(store.dataSource, runId, 3, people('c'));
    expect(single.equalPage).toBeNull();
  });

  it('keeps the latest and the largest total that the pages so far have stated', async () => {
    const runId = await openedRun(store.dataSource);
    await stageRecords(store.dataSource, runId, 1, people('a'), { total: 9 });
    const smaller = await stageRecords(store.dataSource, runId, 2, people('b'), { total: 7 });
    expect(smaller).toMatchObject({ total: 7, largestTotal: 9 });
    const unstated = await stageRecords(store.dataSource, runId, 3, people('c'));
    expect(unstated).toMatchObject({ total: 7, largestTotal: 9 });
    const repeated = await stageRecords(store.dataSource, runId, 1, people('a'), { total: 8 });
    expect(repeated).toMatchObject({ total: 8, largestTotal: 8 });
  });

  it('lets a small run find its records without those of a large run', async () => {
    const [large, small] = [
      await openedRun(store.dataSource, { partner: 'large' }),
      await openedRun(store.dataSource, { partner: 'small' }),
    ];
    const many = people(...Array.from({ length: 5_000 }, (_, number) => `${number}`));
    await stageRecords(store.dataSource, large, 1, many, { partner: 'large' });
    await stageRecords(store.dataSource, small, 1, people('a'), { partner: 'small' });
    await store.dataSource.query('ANALYZE staged_records');
    const plan = await store.dataSource.query(
      `EXPLAIN SELECT * FROM staged_records WHERE run_id = '${small}' AND reason IS NULL`,
    );
    expect(JSON.stringify(plan)).toContain('staged_records_by_page');
  });

  it('keeps nothing of a page that is not accepted', async () => {
    const runId = await openedRun(store.dataSource);
    await stageRecords(store.dataSource, runId, 1, people('a'));
    const refused = stagePage(store.dataSource, pageToStage(runId, 2), {
      async write(writer) {
        await writer.add(sliceOf(people('b')));
        return pageEnd(1);
      },
      accept({ records }) {
        throw new RangeError(`${records} are too many`);
      },
    });
    await expect(refused).rejects.toThrow(new RangeError('2 are too many'));
    expect(await staged()).toMatchObject([{ name: 'Given a' }]);
  });

  it('refuses a page if the page before is missing', async () => {
    const runId = await openedRun(store.dataSource);
    await stageRecords(store.dataSource, runId, 1, people('a'));
    await expect(stageRecords(store.dataSource, runId, 3, people('c'))).rejects.toMatchObject({
      type: 'StagedRecordsMissing',
    });
  });

  it('refuses a page of a run that has ended, or that the database does not know', async () => {
    const runId = await openedRun(store.dataSource);
    const failure = { type: 'Cancelled', message: 'Cancelled.' } as const;
    await closeRun(store.dataSource, { runId, status: 'cancelled', failure, calls: [] });
    const unknown = '00000000-0000-4000-8000-000000000000';
    for (const id of [runId, unknown]) {
      const write = jest.fn();
      const page = stagePage(store.dataSource, pageToStage(id, 1), { write, accept: jest.fn() });
      await expect(page).rejects.toThrow(RunSupersededError);
      expect(write).not.toHaveBeenCalled();
    }
  });

  describe('that does not reach its end', () => {
    /** Stages page 2 and does `then` in the middle of it. */
    async function halfAPage(runId: string, then: () => Promise<unknown>, signal?: AbortSignal) {
      return stagePage(
        store.dataSource,
        pageToStage(runId, 2),
        {
          async write(writer) {
            for (let slice = 0; slice < 200; slice += 1) {
              await writer.add(sliceOf(Array.from({ length: 500 }, (_, n) => provider(`${slice}-${n}`))));
              if (slice === 100) await then();
            }
            return pageEnd(200 * 500);
          },
          accept: () => undefined,
        },
        signal,
      );
    }

    it.each<[string, () => Promise<unknown>, string | null]>([
      [
        'since its records could not be read',
        async () => {
          throw new TypeError('the source broke');
        },
        null,
      ],
      ['since the connection was lost', endCopying, 'StoreUnavailable'],
    ])('keeps the earlier pages only, %s, and can be repeated', async (_, then, type) => {
      const runId = await openedRun(store.dataSource);
      await stageRecords(store.dataSource, runId, 1, people('a'));
      const reason = await halfAPage(runId, then).catch((thrown: unknown) => thrown);
      expect(reason).toBeInstanceOf(Error);
      expect(classifyStoreError(reason)?.type ?? null).toBe(type);
      expect(await count('staged_records')).toBe(1);
      expect(await stageRecords(store.dataSource, runId, 2, people('b'))).toMatchObject({ records: 2 });
    });

    it('says that the connection was lost, while records arrive that wait for it', async () => {
      const runId = await openedRun(store.dataSource);
      const slice = sliceOf(Array.from({ length: 500 }, (_, n) => provider(`${n}`)));
      for (let repeat = 0; repeat < 10; repeat += 1) {
        const stream = openPageStream(store.dataSource, pageToStage(runId, 1), () => undefined);
        for (let n = 0; n < 10; n += 1) await stream.add(slice);
        const arrive = async (): Promise<never> => {
          for (;;) await stream.add(slice);
        };
        const [reason] = await Promise.all([arrive().catch((error: unknown) => error), endCopying()]);
        await stream.abort();
        expect(classifyStoreError(reason)).toMatchObject({ type: 'StoreUnavailable' });
      }
    });

    it('ends at once if it is aborted, and throws the reason', async () => {
      const runId = await openedRun(store.dataSource);
      await stageRecords(store.dataSource, runId, 1, people('a'));
      const abort = new AbortController();
      const page = halfAPage(runId, async () => abort.abort(new Error('given up')), abort.signal);
      await expect(page).rejects.toThrow('given up');
      expect(await count('staged_records')).toBe(1);
    });

    /** Ends the connection that stages a page. */
    async function endCopying(): Promise<void> {
      const client = new Client({ connectionString: store.url });
      await client.connect();
      await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE 'COPY staged_records%' AND pid <> pg_backend_pid()`,
      );
      await client.end();
    }
  });

  it('holds only a few records in memory at a time', async () => {
    const runId = await openedRun(store.dataSource);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    await stagePage(store.dataSource, pageToStage(runId, 1), {
      async write(writer) {
        for (let slice = 0; slice < 160; slice += 1) {
          await writer.add(
            sliceOf(Array.from({ length: 500 }, (_, n): CheckedProvider => provider(`${slice}-${n}`))),
          );
          most = Math.max(most, process.memoryUsage().arrayBuffers);
        }
        return pageEnd(160 * 500);
      },
      accept: () => undefined,
    });
    expect(await count('staged_records')).toBe(80_000);
    expect(most - before).toBeLessThan(8 * 2 ** 20);
  });
});
