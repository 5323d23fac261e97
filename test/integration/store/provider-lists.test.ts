import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import type { Pool } from 'pg';
import type { CheckedProvider } from '../../../src/contract/answer';
import { ExpectedError } from '../../../src/process/expected-error';
import { getProvider, listNewProviders, listProviders } from '../../../src/store/directory/read-providers';
import { PROVIDER_SORTS } from '../../../src/store/lists/filters';
import { streamList } from '../../../src/store/lists/stream-list';
import { allPages, found, names, PEOPLE } from '../../support/provider-pages';
import { until } from '../../support/scenario';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();

const pool = () => Reflect.get(store.dataSource.driver, 'master') as Pool;

describe('a list of providers', () => {
  it.each([1, 2, 5, 100])('is sorted by name and has each provider once, in pages of %i', async (limit) => {
    await sync(store.dataSource, 'sample', PEOPLE);
    const items = await allPages(store, { limit });
    expect(names(items)).toEqual([
      'Ada Adams',
      'Ada Adams',
      'Ben Adams',
      "Siobhán O'Brien-Núñez",
      'Ada Young',
    ]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(5);
    expect(await allPages(store, { limit, partner: 'noteworth' })).toEqual(items);
  });

  it('is sorted by name over all partners, or has one partner', async () => {
    await sync(store.dataSource, 'sample', PEOPLE.slice(0, 2), 'two');
    await sync(store.dataSource, 'sample', PEOPLE.slice(2), 'one');
    const all = await allPages(store, { limit: 2 });
    expect(all.map(({ partner }) => partner)).toEqual(['one', 'one', 'one', 'two', 'two']);
    expect(await allPages(store, { limit: 1, partner: 'two' })).toEqual(all.slice(3));
    expect(await found(store, { partner: 'three' })).toEqual([]);
  });

  it('puts a family name before longer names that begin with it', async () => {
    const family = (familyName: string) => provider(familyName, { givenName: 'Zoe', familyName });
    await sync(store.dataSource, 'sample', ['Smithe', 'Smith-Jones', 'Smith'].map(family));
    expect(await found(store, {})).toEqual(['Zoe Smith', 'Zoe Smith-Jones', 'Zoe Smithe']);
  });

  it('can be sorted by the last change or by the first sight', async () => {
    await sync(store.dataSource, 'sample', [PEOPLE[0], PEOPLE[1]] as CheckedProvider[]);
    await sync(store.dataSource, 'sample', [PEOPLE[2] as CheckedProvider]);
    await sync(store.dataSource, 'sample', [{ ...(PEOPLE[0] as CheckedProvider), title: 'PA' }]);
    expect((await found(store, { sort: '-firstSeenAt' }))[0]).toBe('Ada Adams');
    expect(await found(store, { sort: '-lastChangedAt' })).toEqual([
      'Ada Young',
      'Ada Adams',
      "Siobhán O'Brien-Núñez",
    ]);
  });

  it('sorted by last change misses no one, although syncs change people between the pages', async () => {
    const many = Array.from({ length: 12 }, (_, n) => provider(`${n}`, { title: 'PA' }));
    await sync(store.dataSource, 'sample', many.slice(0, 6));
    await sync(store.dataSource, 'sample', many);
    let round = 0;
    const items = await allPages(store, { sort: 'lastChangedAt', limit: 4 }, async () => {
      round += 1;
      // Some of them were on a page, and some were not.
      if (round < 4) {
        await sync(
          store.dataSource,
          'sample',
          many.slice(2, 9).map((one) => ({ ...one, title: `${round}` })),
        );
      }
    });
    expect([...new Set(names(items))].sort()).toEqual(
      many.map(({ givenName, familyName }) => `${givenName} ${familyName}`).sort(),
    );
    expect(items.at(-1)?.title).toBe('3');
    const times = items.map(({ lastChangedAt }) => lastChangedAt);
    expect(times).toEqual([...times].sort());
  });

  it('filters by clinic, title, status and change', async () => {
    await sync(store.dataSource, 'snapshot', PEOPLE);
    const [{ now }]: [{ now: Date }] = await store.dataSource.query('SELECT clock_timestamp() AS now');
    await sync(store.dataSource, 'snapshot', PEOPLE.slice(1));
    expect(await found(store, { clinic: 'South Clinic' })).toEqual(['Ada Adams']);
    expect(await found(store, { clinic: 'south clinic' })).toEqual([]);
    expect(await found(store, { title: 'NP' })).toEqual(['Ada Adams']);
    expect(await found(store, { title: 'NP', clinic: 'South Clinic' })).toEqual([]);
    expect(await found(store, { status: 'left' })).toEqual(['Ada Young']);
    expect(await found(store, { status: 'present' })).toHaveLength(4);
    expect(await found(store, { changedSince: now.toISOString() })).toEqual(['Ada Young']);
    expect(await found(store, { changedSince: new Date(0).toISOString() })).toHaveLength(5);
    expect((await allPages(store, { status: 'left', limit: 1 }))[0]?.listed).toBe(false);
  });

  it('finds texts that are too long for an index', async () => {
    const clinic = '診'.repeat(3_000);
    await sync(store.dataSource, 'sample', [provider('long', { clinic, familyName: '長'.repeat(3_000) })]);
    expect(await found(store, { clinic })).toHaveLength(1);
    expect(await found(store, { search: '長'.repeat(300) })).toHaveLength(1);
  });

  it.each([
    { partner: 'a\0' },
    { search: '\0' },
    { clinic: '\0' },
    { title: '\0' },
    { firstRunId: '\0' },
    { firstRunId: 'none' },
  ])('is empty for a text that cannot be stored: %j', async (filter) => {
    await sync(store.dataSource, 'sample', PEOPLE);
    expect(await found(store, filter)).toEqual([]);
  });

  it('refuses the cursor of another order', async () => {
    await sync(store.dataSource, 'sample', PEOPLE);
    for (const sort of PROVIDER_SORTS) {
      const { nextCursor } = await listProviders(store.dataSource, { sort, limit: 1 });
      for (const other of PROVIDER_SORTS.filter((name) => name !== sort)) {
        const page = listProviders(store.dataSource, { sort: other, limit: 1, cursor: nextCursor ?? '' });
        await expect(page).rejects.toThrow(ExpectedError);
      }
    }
  });

  it('has the new providers of a run, and can be read one by one', async () => {
    const first = await sync(store.dataSource, 'sample', PEOPLE.slice(0, 2));
    const second = await sync(store.dataSource, 'sample', PEOPLE);
    const page = await listNewProviders(store.dataSource, { runId: second.runId, limit: 2 });
    const { nextCursor } = page;
    const rest = await listNewProviders(store.dataSource, {
      runId: second.runId,
      limit: 2,
      cursor: nextCursor ?? '',
    });
    expect(names([...page.items, ...rest.items])).toEqual(['Ada Adams', 'Ada Adams', 'Ben Adams']);
    expect(rest.nextCursor).toBeNull();
    const [young] = await allPages(store, { firstRunId: first.runId, search: 'young', limit: 1 });
    expect(young?.firstRunId).toBe(first.runId);
    expect(await getProvider(store.dataSource, young?.id ?? '')).toEqual(young);
    expect(await getProvider(store.dataSource, first.runId)).toBeNull();
    expect(await getProvider(store.dataSource, 'no id')).toBeNull();
  });

  it.each(PROVIDER_SORTS)('streams a long list: %s', async (sort) => {
    const many = Array.from({ length: 2_500 }, (_, index) => provider(`p${index}`));
    await sync(store.dataSource, 'sample', many);
    const streamed = new Set<string>();
    for await (const { id } of streamList(store.dataSource, listProviders, { sort })) streamed.add(id);
    expect(streamed.size).toBe(2_500);
  });

  it('lets a stream be aborted while its reader takes nothing', async () => {
    await sync(store.dataSource, 'sample', PEOPLE);
    const leaving = new AbortController();
    const stream = streamList(store.dataSource, listProviders, {}, { signal: leaving.signal })[
      Symbol.asyncIterator
    ]();
    await stream.next();
    const { totalCount, idleCount } = pool();
    expect(totalCount - idleCount).toBe(1);
    leaving.abort();
    await until(() => pool().totalCount === pool().idleCount);
    const ended = streamList(store.dataSource, listProviders, {}, { signal: leaving.signal })[
      Symbol.asyncIterator
    ]();
    await expect(ended.next()).rejects.toThrow('aborted');
    await until(() => pool().totalCount === pool().idleCount);
  });

  it('lets a reader leave a stream early', async () => {
    await sync(store.dataSource, 'sample', PEOPLE);
    for await (const { familyName } of streamList(store.dataSource, listProviders, {})) {
      expect(familyName).toBe('Adams');
      break;
    }
  });

  it('has each provider whose sort key stays exactly once, whatever a sync does to others', async () => {
    const untouched = Array.from({ length: 30 }, (_, index) => provider(`stays ${index % 7} ${index}`));
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PROVIDER_SORTS),
        fc.integer({ min: 1, max: 12 }),
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 4 }),
        async (sort, limit, others) => {
          await store.clear();
          await sync(store.dataSource, 'sample', untouched);
          const expected = names(await allPages(store, { sort, limit: 100 })).sort();
          let turns = 0;
          const items = await allPages(store, { sort, limit }, async () => {
            round += 1;
            turns += 1;
            // Sorted by last change, changed people come again. So the list ends only after the changes.
            if (turns > 30) return;
            const writing = others.map((familyName) =>
              provider(`other ${familyName}`, {
                familyName: `${familyName} ${randomInt(9)}`,
                title: `${round}`,
              }),
            );
            await sync(store.dataSource, 'sample', writing);
          });
          const stayed = names(items).filter((name) => name.startsWith('Given stays'));
          expect(stayed.sort()).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });
});
