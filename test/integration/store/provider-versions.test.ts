import type { CheckedProvider, Feed } from '../../../src/contract/answer';
import type { PartnerCall } from '../../../src/contract/call';
import { getProviderAsOf } from '../../../src/store/directory/read-provider-history';
import {
  findVersionAt,
  getProviderVersion,
  listProviderVersions,
  type ProviderVersion,
} from '../../../src/store/directory/read-provider-versions';
import { getProvider, listProviders } from '../../../src/store/directory/read-providers';
import { stateOf } from '../../../src/store/directory/undo-changes';
import { saveSync } from '../../../src/store/save/save-sync';
import { answer, call, openedRun, provider, sync, useStore } from '../../support/store-fixtures';

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

describe('the versions of a provider', () => {
  const store = useStore();

  async function theId(): Promise<string> {
    const { items } = await listProviders(store.dataSource, { limit: 1 });
    return items[0]?.id ?? '';
  }

  /** Stores an answer, and returns the run and a time before the next run. */
  async function syncedWith(
    providers: readonly CheckedProvider[],
    {
      feed = 'sample' as Feed,
      calls = [] as readonly PartnerCall[],
      replayOf = undefined as string | undefined,
    } = {},
  ): Promise<{ runId: string; at: Date }> {
    const runId = await openedRun(store.dataSource, { replayOf });
    await saveSync(store.dataSource, {
      ...{ runId, partner: 'noteworth', feed, calls },
      answer: answer(providers),
    });
    const [{ at }]: [{ at: Date }] = await store.dataSource.query(
      `SELECT clock_timestamp()::timestamptz(3) AS at FROM pg_sleep(0.01)`,
    );
    return { runId, at };
  }

  async function versionsOf(id: string, limit = 2): Promise<ProviderVersion[]> {
    const items: ProviderVersion[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await listProviderVersions(store.dataSource, { providerId: id, limit, cursor });
      expect(page.items.length).toBeLessThanOrEqual(limit);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  it('begin with the first sight, and show what the person was in each and what each run changed', async () => {
    const first = provider('a', { attributes: { npi: '1', fax: null } });
    const runs = [
      await syncedWith([first], { feed: 'snapshot' }),
      await syncedWith([{ ...first, title: 'PA', attributes: { npi: '2', fax: null } }], {
        feed: 'snapshot',
      }),
      await syncedWith([provider('z')], { feed: 'snapshot' }),
      await syncedWith([{ ...first, title: 'PA', attributes: { fax: null, 'a.b': [1] } }, provider('z')], {
        feed: 'snapshot',
      }),
    ];
    const id = await theId();
    const versions = await versionsOf(id);
    expect(versions.map(({ number, runId }) => [number, runId])).toEqual(
      runs.map(({ runId }, n) => [n + 1, runId]).reverse(),
    );
    const [back, left, changed, seen] = versions;
    expect(seen).toMatchObject({
      changes: [],
      title: 'Dr.',
      attributes: { npi: '1', fax: null },
      listed: true,
    });
    expect(changed).toMatchObject({ title: 'PA', attributes: { npi: '2', fax: null }, listed: true });
    expect(changed?.changes).toEqual(
      expect.arrayContaining([
        { field: 'title', before: 'Dr.', after: 'PA' },
        { field: 'attributes.npi', before: '1', after: '2' },
      ]),
    );
    expect(left).toMatchObject({
      listed: false,
      attributes: { npi: '2', fax: null },
      changes: [{ field: 'listed', before: true, after: false }],
    });
    expect(back).toMatchObject({ listed: true, attributes: { fax: null, 'a.b': [1] }, endedAt: null });
    expect(versions.slice(1).map(({ endedAt }) => endedAt)).toEqual(
      versions.slice(0, -1).map(({ beganAt }) => beganAt),
    );
    const now = await getProvider(store.dataSource, id);
    expect(now && { ...back, ...stateOf(now) }).toEqual(back);
    expect(seen?.beganAt).toBe(now?.firstSeenAt);
  });

  it('agree with the provider as of each moment', async () => {
    const moments = [];
    for (const title of ['Dr.', 'PA', null, 'NP', 'NP', 'Dr.']) {
      moments.push(await syncedWith([provider('a', { title, attributes: title === 'NP' ? { x: 1 } : {} })]));
    }
    const id = await theId();
    const numbers = [];
    for (const { at } of moments) {
      const number = await findVersionAt(store.dataSource, id, at);
      const version = await getProviderVersion(store.dataSource, id, number ?? 0);
      const past = await getProviderAsOf(store.dataSource, id, at);
      expect(past).toMatchObject({ title: version?.title, attributes: version?.attributes });
      numbers.push(number);
    }
    expect(numbers).toEqual([1, 2, 3, 4, 4, 5]);
    expect(await findVersionAt(store.dataSource, id, new Date(0))).toBeNull();
  });

  it('name the call that brought them, if the run made one such call', async () => {
    const fetched = call({ endpoint: 'providers', attempt: 2, startedAt: '2026-01-02T03:04:06.000Z' });
    const calls = [call(), call({ endpoint: 'providers', outcome: 'PartnerError' }), fetched];
    const first = await syncedWith([provider('a')], { calls });
    await syncedWith([provider('a', { title: 'NP' })], { replayOf: first.runId });
    const pages = [1, 2].map((page) => call({ endpoint: 'providers', page }));
    await syncedWith([provider('a', { title: 'PA' })], { calls: pages });
    const [paged, replayed, brought] = await versionsOf(await theId(), 10);
    const expected = { runId: first.runId, page: 1, attempt: 2, startedAt: fetched.startedAt };
    expect(brought?.call).toEqual(expected);
    expect(paged?.call).toBeNull();
    expect(replayed?.call).toEqual(expected);
  });

  it('are read page by page, also a thousand of them', async () => {
    await sync(store.dataSource, 'sample', [provider('a', { title: '1', attributes: { n: 1 } })]);
    const id = await theId();
    await store.dataSource.query(
      `WITH runs AS (
         INSERT INTO sync_runs (partner, trigger, status, workflow_id, run_id, started_at, finished_at)
         SELECT 'noteworth', 'cli', 'succeeded', 'w' || n, gen_random_uuid(), now(), now()
         FROM generate_series(2, 1000) n RETURNING id
       ), numbered AS (SELECT id, 1 + row_number() OVER () AS n FROM runs)
       INSERT INTO provider_changes (provider_id, run_id, field, before, after, changed_at)
       SELECT $1, id, field, to_jsonb(n - 1), to_jsonb(n), now() + n * interval '1 second'
       FROM numbered, unnest(ARRAY['attributes.n', 'attributes.m']) field ORDER BY n, field`,
      [id],
    );
    await store.dataSource.query(`UPDATE providers SET attributes = '{"n": 1000, "m": 1000}'`);
    const versions = await versionsOf(id, 300);
    expect(versions.map(({ number }) => number)).toEqual(Array.from({ length: 1000 }, (_, n) => 1000 - n));
    expect(versions.map(({ attributes }) => attributes.n)).toEqual(versions.map(({ number }) => number));
    expect((await getProviderVersion(store.dataSource, id, 500))?.attributes).toEqual({ n: 500, m: 500 });
  });

  it('are none for an unknown provider or number', async () => {
    await sync(store.dataSource, 'sample', [provider('a')]);
    expect(await versionsOf(UNKNOWN_ID)).toEqual([]);
    expect(await versionsOf('no id')).toEqual([]);
    for (const number of [0, 2]) {
      expect(await getProviderVersion(store.dataSource, await theId(), number)).toBeNull();
    }
    expect(await getProviderVersion(store.dataSource, 'no id', 1)).toBeNull();
  });
});
