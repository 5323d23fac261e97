import { ExpectedError } from '../../src/process/expected-error';
import { closeRun } from '../../src/store/close-run';
import { createDataSource } from '../../src/store/data-source';
import type { Provider } from '../../src/store/provider-row';
import { listProviders, type ProviderQuery } from '../../src/store/read-providers';
import { getRun, listRuns, type Run, type RunQuery } from '../../src/store/read-runs';
import { openedRun, openTestStore, provider, sync, type TestStore } from '../support/store-fixtures';

describe('reads', () => {
  let store: TestStore;

  beforeAll(async () => {
    store = await openTestStore();
  });
  afterAll(() => store.close());
  beforeEach(() => store.clear());
  afterEach(() => jest.restoreAllMocks());

  async function allRuns(query: Omit<RunQuery, 'cursor'>): Promise<Run[]> {
    const items: Run[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await listRuns(store.dataSource, { ...query, cursor });
      expect(page.items.length).toBeLessThanOrEqual(query.limit);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  async function allProviders(query: Omit<ProviderQuery, 'cursor'>): Promise<Provider[]> {
    const items: Provider[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await listProviders(store.dataSource, { ...query, cursor });
      expect(page.items.length).toBeLessThanOrEqual(query.limit);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  describe('of runs', () => {
    const failure = { type: 'PartnerError', message: 'It failed.' } as const;

    async function failedRun(partner: string): Promise<string> {
      const runId = await openedRun(store.dataSource, { partner, workflowId: `sync-${partner}` });
      await closeRun(store.dataSource, { runId, status: 'failed', failure, calls: [] });
      return runId;
    }

    it('show a run as the API does', async () => {
      const { runId } = await sync(store.dataSource, 'sample', [provider('a')]);
      const run = await getRun(store.dataSource, runId);
      expect(run).toEqual({
        id: runId,
        partner: 'noteworth',
        trigger: 'cli',
        status: 'succeeded',
        workflowId: 'sync',
        runId: expect.any(String),
        startedAt: expect.stringMatching(/^\d{4}-.+Z$/),
        finishedAt: expect.stringMatching(/^\d{4}-.+Z$/),
        received: 1,
        inserted: 1,
        updated: 0,
        unchanged: 0,
        duplicates: 0,
        rejected: 0,
        departed: 0,
        unknownFields: [],
        vanishedFields: [],
        failure: null,
        holderId: null,
        calls: [],
      });
      const { calls: _, ...listed } = run ?? { calls: [] };
      expect((await listRuns(store.dataSource, { limit: 10 })).items).toEqual([listed]);
    });

    it('list the latest first, each once, page by page', async () => {
      const ids: string[] = [];
      for (let index = 0; index < 7; index += 1) ids.unshift(await failedRun('noteworth'));
      // As if all had started in the same millisecond but one.
      await store.dataSource.query(`UPDATE sync_runs SET started_at = '2026-01-01' WHERE id <> $1`, [ids[0]]);
      const runs = await allRuns({ limit: 2 });
      expect(runs[0]?.id).toBe(ids[0]);
      expect(runs.map(({ id }) => id).sort()).toEqual([...ids].sort());
    });

    it('can be narrowed to a partner and a status', async () => {
      const ids = [await failedRun('one'), await failedRun('two')];
      const running = await openedRun(store.dataSource, { partner: 'one' });
      expect((await allRuns({ partner: 'one', limit: 10 })).map(({ id }) => id)).toEqual([running, ids[0]]);
      expect((await allRuns({ status: 'failed', limit: 1 })).map(({ id }) => id)).toEqual(ids.reverse());
      expect(await allRuns({ partner: 'three', limit: 10 })).toEqual([]);
    });

    it('find a run by its id or as the latest of its workflow ID', async () => {
      const first = await failedRun('one');
      const second = await failedRun('one');
      expect((await getRun(store.dataSource, first))?.id).toBe(first);
      expect((await getRun(store.dataSource, 'sync-one'))?.id).toBe(second);
      expect(await getRun(store.dataSource, 'unknown')).toBeNull();
      expect(await getRun(store.dataSource, '00000000-0000-4000-8000-000000000000')).toBeNull();
    });
  });

  describe('of providers', () => {
    const people = [
      provider('1', { givenName: 'Ada', familyName: 'Young', clinic: 'St.Mary/West' }),
      provider('2', { givenName: 'Siobhán', familyName: "O'Brien-Núñez", clinic: null }),
      provider('3', { givenName: 'Ada', familyName: 'Adams' }),
      provider('4', { givenName: 'Ada', familyName: 'Adams', clinic: 'South Clinic' }),
      provider('5', { givenName: 'Ben', familyName: 'Adams' }),
    ];
    const names = (items: readonly Provider[]) =>
      items.map(({ givenName, familyName }) => `${givenName} ${familyName}`);

    it.each([1, 2, 5, 100])('list by name, each once, in pages of %i', async (limit) => {
      await sync(store.dataSource, 'sample', people);
      const items = await allProviders({ limit });
      expect(names(items)).toEqual([
        'Ada Adams',
        'Ada Adams',
        'Ben Adams',
        "Siobhán O'Brien-Núñez",
        'Ada Young',
      ]);
      expect(new Set(items.map(({ id }) => id)).size).toBe(5);
      expect(await allProviders({ limit, partner: 'noteworth' })).toEqual(items);
    });

    it('list one partner or all of them, partner by partner', async () => {
      await sync(store.dataSource, 'sample', people.slice(0, 2), 'two');
      await sync(store.dataSource, 'sample', people, 'one');
      const all = await allProviders({ limit: 2 });
      expect(all.map(({ partner }) => partner)).toEqual([...Array(5).fill('one'), 'two', 'two']);
      expect(await allProviders({ limit: 1, partner: 'two' })).toEqual(all.slice(5));
    });

    it.each([
      ['ada', ['Ada Adams', 'Ada Adams', 'Ben Adams', 'Ada Young']],
      ['ada you', ['Ada Young']],
      ['ADAMS Ben', ['Ben Adams']],
      ['south', ['Ada Adams']],
      ["o'brien", ["Siobhán O'Brien-Núñez"]],
      ['núñ', ["Siobhán O'Brien-Núñez"]],
      ['núñ'.normalize('NFD'), ["Siobhán O'Brien-Núñez"]],
      ['\u0301', []],
      ['mary', ['Ada Young']],
      ['west', ['Ada Young']],
      ['dams', []],
      ["'; DROP TABLE providers; --", []],
      ['a & !b | (c', ['Ben Adams']],
      ['!!!', []],
    ])('find the words that begin so: %s', async (search, found) => {
      await sync(store.dataSource, 'sample', people);
      expect(names(await allProviders({ search, limit: 2 }))).toEqual(found);
    });

    it('take a blank search for none', async () => {
      await sync(store.dataSource, 'sample', people);
      expect(await allProviders({ search: '  ', limit: 10 })).toHaveLength(5);
    });

    it('use the indexes that were made for them', async () => {
      await store.dataSource.query(
        `ALTER DATABASE ${new URL(store.url).pathname.slice(1)} SET enable_seqscan = off`,
      );
      const fresh = createDataSource({ url: store.url, applicationName: 'test', poolSize: 1 });
      await fresh.initialize();
      const query = jest.spyOn(fresh, 'query');
      const plan = async (list: ProviderQuery) => {
        query.mockClear();
        await listProviders(fresh, list);
        const [sql, parameters] = query.mock.calls[0] ?? [];
        return JSON.stringify(await fresh.query(`EXPLAIN ${sql}`, parameters));
      };
      await sync(store.dataSource, 'sample', people);
      const { nextCursor } = await listProviders(fresh, { limit: 1 });
      const cursor = nextCursor ?? undefined;
      expect(await plan({ limit: 1 })).toContain('providers_by_name');
      for (const partner of [undefined, 'noteworth']) {
        const paged = await plan({ limit: 1, partner, cursor });
        expect(paged).toMatch(/providers_by_name.*Index Cond[^"]*ROW/);
        expect(paged).not.toContain('Sort');
      }
      await fresh.query('SET enable_indexscan = off');
      expect(await plan({ limit: 1, search: 'ada' })).toContain('providers_search');
      await fresh.destroy();
    });
  });

  it.each([
    'nonsense',
    '',
    Buffer.from('["a"]').toString('base64url'),
    Buffer.from('["\\u0000","","","00000000-0000-4000-8000-000000000000"]').toString('base64url'),
    Buffer.from('["2026-01-01T00:00:00.000Z","no id"]').toString('base64url'),
  ])('refuse a cursor that they did not make: %s', async (cursor) => {
    await expect(listRuns(store.dataSource, { limit: 1, cursor })).rejects.toThrow(ExpectedError);
    await expect(listProviders(store.dataSource, { limit: 1, cursor })).rejects.toThrow(ExpectedError);
  });
});
