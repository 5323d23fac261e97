import type { CheckedProvider, Feed } from '../../../src/contract/answer';
import {
  getProviderAsOf,
  listProviderChanges,
  type ProviderChange,
  type ProviderChangeQuery,
} from '../../../src/store/directory/read-provider-history';
import { getProvider, listProviders } from '../../../src/store/directory/read-providers';
import { provider, sync, useStore } from '../../support/store-fixtures';

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';

describe('the history of a provider', () => {
  const store = useStore();

  /** Syncs, and returns the run and a time between it and the next run. */
  async function syncedAt(feed: Feed, ...providers: CheckedProvider[]): Promise<{ runId: string; at: Date }> {
    const { runId } = await sync(store.dataSource, feed, providers);
    const [{ at }]: [{ at: Date }] = await store.dataSource.query(
      `SELECT clock_timestamp()::timestamptz(3) AS at FROM pg_sleep(0.01)`,
    );
    return { runId, at };
  }

  async function theId(): Promise<string> {
    const { items } = await listProviders(store.dataSource, { limit: 1 });
    return items[0]?.id ?? '';
  }

  async function changes(query: Omit<ProviderChangeQuery, 'limit'> = {}): Promise<ProviderChange[]> {
    const items: ProviderChange[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await listProviderChanges(store.dataSource, { ...query, limit: 2, cursor });
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  it('lists every change of a field, the latest first, by provider and by run', async () => {
    await syncedAt('sample', provider('a'), provider('b'));
    const second = await syncedAt('sample', provider('a', { title: 'PA', attributes: { npi: 1 } }));
    const third = await syncedAt('sample', provider('a', { title: null }), provider('b', { title: 'NP' }));
    const all = await changes();
    expect(all.map(({ runId }) => runId)).toEqual([
      ...Array(3).fill(third.runId),
      ...Array(2).fill(second.runId),
    ]);
    expect(all.map(({ id }) => Number(id))).toEqual(all.map(({ id }) => Number(id)).sort((a, b) => b - a));
    const id = await theId();
    expect(await changes({ providerId: id })).toHaveLength(4);
    const [title] = (await changes({ providerId: id, runId: third.runId })).filter(
      ({ field }) => field === 'title',
    );
    expect(title).toEqual({
      id: expect.stringMatching(/^\d+$/),
      providerId: id,
      providerName: 'Given a Family a',
      partner: 'noteworth',
      runId: third.runId,
      field: 'title',
      before: 'PA',
      after: null,
      changedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await changes({ providerId: UNKNOWN_ID })).toEqual([]);
    expect(await changes({ runId: 'nul\0' })).toEqual([]);
  });

  it('returns a provider as it was at any moment', async () => {
    const before = new Date(Date.now() - 60_000);
    const first = provider('a', { givenName: 'Al', attributes: { npi: '1', fax: null } });
    const states: [Feed, CheckedProvider[]][] = [
      ['snapshot', [first]],
      ['snapshot', [{ ...first, givenName: 'AL', title: null, attributes: { npi: '2', __proto: 1 } }]],
      ['snapshot', [provider('b', { familyName: 'Zzz' })]],
      ['snapshot', [{ ...first, clinic: null, attributes: { fax: null, 'a.b': { deep: [1] } } }]],
      ['snapshot', [{ ...first, clinic: null, attributes: {} }]],
    ];
    const seen: { at: Date; state: unknown }[] = [];
    for (const [feed, providers] of states) {
      const { at } = await syncedAt(feed, ...providers);
      const { lastSeenAt: _, ...state } = (await getProvider(store.dataSource, await theId())) ?? {
        lastSeenAt: '',
      };
      seen.push({ at, state });
    }
    const id = await theId();
    for (const { at, state } of seen) {
      const { lastSeenAt: _, ...past } = (await getProviderAsOf(store.dataSource, id, at)) ?? {
        lastSeenAt: null,
      };
      expect(past).toEqual(state);
    }
    expect(await getProviderAsOf(store.dataSource, id, new Date())).toEqual(
      await getProvider(store.dataSource, id),
    );
    expect((await getProviderAsOf(store.dataSource, id, seen[0]?.at ?? before))?.lastSeenAt).toBeNull();
    expect(await getProviderAsOf(store.dataSource, id, before)).toBeNull();
    expect(await getProviderAsOf(store.dataSource, UNKNOWN_ID, new Date())).toBeNull();
    expect(await getProviderAsOf(store.dataSource, 'no id', new Date())).toBeNull();
  });
});
