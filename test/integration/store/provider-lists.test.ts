import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import type { Pool } from 'pg';
import type { CheckedProvider } from '../../../src/contract/answer';
import { ExpectedError } from '../../../src/process/expected-error';
import type { Provider } from '../../../src/store/directory/provider-row';
import { type ClinicFilter, listClinics } from '../../../src/store/directory/read-clinics';
import {
  findPossibleSamePersons,
  getProvider,
  listNewProviders,
  listProviders,
  type ProviderFilter,
  type ProviderQuery,
  streamProviders,
} from '../../../src/store/directory/read-providers';
import type { Page } from '../../../src/store/lists/cursor';
import { PROVIDER_SORTS } from '../../../src/store/lists/filters';
import { clinicKey } from '../../../src/store/schema/clinic-key';
import { until } from '../../support/scenario';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();
afterEach(() => jest.restoreAllMocks());

/** Every page of a list; `meanwhile` does something before each page but the first. */
async function allPages(
  query: Omit<ProviderQuery, 'cursor'>,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<Provider[]> {
  const items: Provider[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    if (cursor !== undefined) await meanwhile();
    const page = await listProviders(store.dataSource, { ...query, cursor });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

async function found(filter: ProviderFilter): Promise<string[]> {
  return names(await allPages({ ...filter, limit: 2 }));
}

const pool = () => Reflect.get(store.dataSource.driver, 'master') as Pool;

const names = (items: readonly Provider[]) =>
  items.map(({ givenName, familyName }) => `${givenName} ${familyName}`);

const people = [
  provider('1', { givenName: 'Ada', familyName: 'Young', clinic: 'St.Mary/West' }),
  provider('2', { givenName: 'Siobhán', familyName: "O'Brien-Núñez", clinic: null }),
  provider('3', { givenName: 'Ada', familyName: 'Adams', title: 'NP' }),
  provider('4', { givenName: 'Ada', familyName: 'Adams', clinic: 'South Clinic' }),
  provider('5', { givenName: 'Ben', familyName: 'Adams', title: null }),
];

describe('a list of providers', () => {
  it.each([1, 2, 5, 100])('goes by name, each once, in pages of %i', async (limit) => {
    await sync(store.dataSource, 'sample', people);
    const items = await allPages({ limit });
    expect(names(items)).toEqual([
      'Ada Adams',
      'Ada Adams',
      'Ben Adams',
      "Siobhán O'Brien-Núñez",
      'Ada Young',
    ]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(5);
    expect(await allPages({ limit, partner: 'noteworth' })).toEqual(items);
  });

  it('goes by name over all partners, or shows one of them', async () => {
    await sync(store.dataSource, 'sample', people.slice(0, 2), 'two');
    await sync(store.dataSource, 'sample', people.slice(2), 'one');
    const all = await allPages({ limit: 2 });
    expect(all.map(({ partner }) => partner)).toEqual(['one', 'one', 'one', 'two', 'two']);
    expect(await allPages({ limit: 1, partner: 'two' })).toEqual(all.slice(3));
    expect(await found({ partner: 'three' })).toEqual([]);
  });

  it('puts a plain family name before the same with another one behind it', async () => {
    const family = (familyName: string) => provider(familyName, { givenName: 'Zoe', familyName });
    await sync(store.dataSource, 'sample', ['Smithe', 'Smith-Jones', 'Smith'].map(family));
    expect(await found({})).toEqual(['Zoe Smith', 'Zoe Smith-Jones', 'Zoe Smithe']);
  });

  it('can go by what changed or came last', async () => {
    await sync(store.dataSource, 'sample', [people[0], people[1]] as CheckedProvider[]);
    await sync(store.dataSource, 'sample', [people[2] as CheckedProvider]);
    await sync(store.dataSource, 'sample', [{ ...(people[0] as CheckedProvider), title: 'PA' }]);
    expect((await found({ sort: '-firstSeenAt' }))[0]).toBe('Ada Adams');
    expect(await found({ sort: '-lastChangedAt' })).toEqual([
      'Ada Young',
      'Ada Adams',
      "Siobhán O'Brien-Núñez",
    ]);
  });

  it('by last change leaves nobody out who was there, though syncs change some between the pages', async () => {
    const many = Array.from({ length: 12 }, (_, n) => provider(`${n}`, { title: 'PA' }));
    await sync(store.dataSource, 'sample', many.slice(0, 6));
    await sync(store.dataSource, 'sample', many);
    let round = 0;
    const items = await allPages({ sort: 'lastChangedAt', limit: 4 }, async () => {
      round += 1;
      // Some that were shown, and some that were not.
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

  it('can be narrowed by clinic, title, presence and change', async () => {
    await sync(store.dataSource, 'snapshot', people);
    const [{ now }]: [{ now: Date }] = await store.dataSource.query('SELECT clock_timestamp() AS now');
    await sync(store.dataSource, 'snapshot', people.slice(1));
    expect(await found({ clinic: 'South Clinic' })).toEqual(['Ada Adams']);
    expect(await found({ clinic: 'south clinic' })).toEqual([]);
    expect(await found({ title: 'NP' })).toEqual(['Ada Adams']);
    expect(await found({ title: 'NP', clinic: 'South Clinic' })).toEqual([]);
    expect(await found({ status: 'left' })).toEqual(['Ada Young']);
    expect(await found({ status: 'present' })).toHaveLength(4);
    expect(await found({ changedSince: now.toISOString() })).toEqual(['Ada Young']);
    expect(await found({ changedSince: new Date(0).toISOString() })).toHaveLength(5);
    expect((await allPages({ status: 'left', limit: 1 }))[0]?.listed).toBe(false);
  });

  it('finds texts that are too long for an index', async () => {
    const clinic = '診'.repeat(3_000);
    await sync(store.dataSource, 'sample', [provider('long', { clinic, familyName: '長'.repeat(3_000) })]);
    expect(await found({ clinic })).toHaveLength(1);
    expect(await found({ search: '長'.repeat(300) })).toHaveLength(1);
  });

  it.each([
    { partner: 'a\0' },
    { search: '\0' },
    { clinic: '\0' },
    { title: '\0' },
    { firstRunId: '\0' },
    { firstRunId: 'none' },
  ])('has nobody for a text that cannot be stored: %j', async (filter) => {
    await sync(store.dataSource, 'sample', people);
    expect(await found(filter)).toEqual([]);
  });

  it('refuses the cursor of another order', async () => {
    await sync(store.dataSource, 'sample', people);
    for (const sort of PROVIDER_SORTS) {
      const { nextCursor } = await listProviders(store.dataSource, { sort, limit: 1 });
      for (const other of PROVIDER_SORTS.filter((name) => name !== sort)) {
        const page = listProviders(store.dataSource, { sort: other, limit: 1, cursor: nextCursor ?? '' });
        await expect(page).rejects.toThrow(ExpectedError);
      }
    }
  });

  it('shows whom a run brought, and one alone', async () => {
    const first = await sync(store.dataSource, 'sample', people.slice(0, 2));
    const second = await sync(store.dataSource, 'sample', people);
    const page = await listNewProviders(store.dataSource, { runId: second.runId, limit: 2 });
    const { nextCursor } = page;
    const rest = await listNewProviders(store.dataSource, {
      runId: second.runId,
      limit: 2,
      cursor: nextCursor ?? '',
    });
    expect(names([...page.items, ...rest.items])).toEqual(['Ada Adams', 'Ada Adams', 'Ben Adams']);
    expect(rest.nextCursor).toBeNull();
    const [young] = await allPages({ firstRunId: first.runId, search: 'young', limit: 1 });
    expect(young?.firstRunId).toBe(first.runId);
    expect(await getProvider(store.dataSource, young?.id ?? '')).toEqual(young);
    expect(await getProvider(store.dataSource, first.runId)).toBeNull();
    expect(await getProvider(store.dataSource, 'no id')).toBeNull();
  });

  it.each(PROVIDER_SORTS)('comes as a stream, as long as it may be: %s', async (sort) => {
    const many = Array.from({ length: 2_500 }, (_, index) => provider(`p${index}`));
    await sync(store.dataSource, 'sample', many);
    const streamed = new Set<string>();
    for await (const { id } of streamProviders(store.dataSource, { sort })) streamed.add(id);
    expect(streamed.size).toBe(2_500);
  });

  it('lets a stream be aborted that nobody takes anything of any more', async () => {
    await sync(store.dataSource, 'sample', people);
    const leaving = new AbortController();
    const stream = streamProviders(store.dataSource, {}, leaving.signal)[Symbol.asyncIterator]();
    await stream.next();
    const { totalCount, idleCount } = pool();
    expect(totalCount - idleCount).toBe(1);
    leaving.abort();
    await until(() => pool().totalCount === pool().idleCount);
    const ended = streamProviders(store.dataSource, {}, leaving.signal)[Symbol.asyncIterator]();
    await expect(ended.next()).rejects.toThrow('aborted');
    await until(() => pool().totalCount === pool().idleCount);
  });

  it('lets a stream be left', async () => {
    await sync(store.dataSource, 'sample', people);
    for await (const { familyName } of streamProviders(store.dataSource, {})) {
      expect(familyName).toBe('Adams');
      break;
    }
  });

  it('shows everybody exactly once whose sort key stays, whatever a sync does to others', async () => {
    const untouched = Array.from({ length: 30 }, (_, index) => provider(`stays ${index % 7} ${index}`));
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PROVIDER_SORTS),
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.string({ minLength: 1, maxLength: 4 }), { maxLength: 4 }),
        async (sort, limit, others) => {
          await store.clear();
          await sync(store.dataSource, 'sample', untouched);
          const expected = names(await allPages({ sort, limit: 100 })).sort();
          let turns = 0;
          const items = await allPages({ sort, limit }, async () => {
            round += 1;
            turns += 1;
            // By last change those who change come again; the list ends when the changes do.
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

describe('a large directory', () => {
  const large = useStore({ poolSize: 1, keepRows: true });
  let runId: string;

  beforeAll(async () => {
    const many = (count: number, clinic: string) =>
      Array.from({ length: count }, (_, index) => provider(`${clinic} ${index}`, { clinic }));
    await sync(large.dataSource, 'snapshot', many(15_000, 'North'));
    await sync(large.dataSource, 'snapshot', [...many(14_990, 'North'), ...many(5_000, 'South')]);
    await sync(large.dataSource, 'snapshot', many(10_000, 'West'), 'other');
    const rare = [...people.slice(1, 4), provider('prof', { title: 'Prof.', clinic: 'Rare' })];
    ({ runId } = await sync(large.dataSource, 'sample', rare, 'small'));
    await large.dataSource.query('VACUUM ANALYZE');
  });

  /** How Postgres reads a page. */
  async function planOf(list: ProviderQuery): Promise<{ nextCursor: string | null; plan: string }> {
    return planOfPage(() => listProviders(large.dataSource, list));
  }

  async function planOfPage<T>(
    read: () => Promise<Page<T>>,
  ): Promise<{ nextCursor: string | null; plan: string }> {
    const query = jest.spyOn(large.dataSource, 'query');
    query.mockClear();
    const { nextCursor } = await read();
    const [sql, parameters] = query.mock.calls[0] ?? [];
    const lines: { 'QUERY PLAN': string }[] = await large.dataSource.query(`EXPLAIN ${sql}`, parameters);
    return { nextCursor, plan: lines.map((line) => line['QUERY PLAN']).join('\n') };
  }

  it.each([
    [{}, 'providers_by_name'],
    [{ partner: 'other' }, 'providers_by_name'],
    [{ sort: 'lastChangedAt' }, 'providers_by_last_change'],
    [{ sort: '-lastChangedAt' }, 'providers_by_last_change'],
    [{ sort: '-firstSeenAt' }, 'providers_by_first_sight'],
    [{ changedSince: new Date(Date.now() + 60_000).toISOString() }, 'providers_by_last_change'],
    [{ search: 'adams' }, 'providers_search'],
    [{ search: 'family 1499' }, 'providers_search'],
    [{ status: 'left' }, 'providers_unlisted'],
    [{ clinic: 'Rare' }, 'providers_by_clinic_position'],
    [{ clinic: 'North' }, 'providers_by_name'],
    [{ title: 'Prof.' }, 'providers_by_title'],
    [{ firstRunId: 'the last run' }, 'providers_by_first_run'],
  ] satisfies [ProviderFilter, string][])('is read through an index for %j', async (filter, index) => {
    const list = { ...filter, ...('firstRunId' in filter && { firstRunId: runId }), limit: 2 };
    const { nextCursor, plan } = await planOf(list);
    expect(plan).toMatch(new RegExp(`Scan.* ${index}\\b`));
    if (nextCursor && /_by_(name|last_change|first_sight)/.test(index)) {
      const next = await planOf({ ...list, cursor: nextCursor });
      expect(next.plan).toMatch(new RegExp(`${index}.*\n.*Index Cond.*ROW`));
      expect(next.plan).not.toMatch(/Sort Key:.*\bid\b/);
    }
  });

  it.each([
    [{}, 'providers_by_clinic_position'],
    [{ name: { text: 'rar', how: 'begins' } }, 'providers_by_clinic_position'],
    [{ name: { text: 'Rare', how: 'is' } }, 'providers_by_clinic_position'],
    [{ keys: [clinicKey({ partner: 'small', name: 'Rare' })] }, 'providers_by_clinic_key'],
  ] satisfies [ClinicFilter, string][])(
    'has its clinics read through an index for %j',
    async (filter, index) => {
      const { nextCursor, plan } = await planOfPage(() =>
        listClinics(large.dataSource, { ...filter, limit: 1 }),
      );
      expect(plan).toMatch(new RegExp(`Scan.* ${index}\\b`));
      expect(plan).not.toContain('Seq Scan');
      if (nextCursor === null) return;
      const next = await planOfPage(() =>
        listClinics(large.dataSource, { ...filter, limit: 1, cursor: nextCursor }),
      );
      expect(next.plan).toMatch(new RegExp(`Scan.* ${index}\\b`));
      expect(next.plan).not.toContain('Seq Scan');
    },
  );

  it('has those at a clinic found through an index', async () => {
    const { plan } = await planOf({
      hasClinic: true,
      clinicKeys: [clinicKey({ partner: 'small', name: 'Rare' })],
      limit: 2,
    });
    expect(plan).toMatch(/Scan.* providers_by_clinic_key\b/);
  });

  it('is not read name by name until a frequent one comes', async () => {
    const { plan } = await planOf({ search: 'south', limit: 2 });
    expect(plan).not.toContain('providers_by_name');
  });
});

describe('a search', () => {
  it.each([
    ['ada', ['Ada Adams', 'Ada Adams', 'Ben Adams', 'Ada Young']],
    ['ada you', ['Ada Young']],
    ['ADAMS Ben', ['Ben Adams']],
    ['dams', ['Ada Adams', 'Ada Adams', 'Ben Adams']],
    ["o'brien", ["Siobhán O'Brien-Núñez"]],
    ['O’BRIEN', ["Siobhán O'Brien-Núñez"]],
    ['obrien', ["Siobhán O'Brien-Núñez"]],
    ['brien nunez', ["Siobhán O'Brien-Núñez"]],
    ['Núñez-O’Brien', ["Siobhán O'Brien-Núñez"]],
    ['núñ'.normalize('NFD'), ["Siobhán O'Brien-Núñez"]],
    ['siobhan', ["Siobhán O'Brien-Núñez"]],
    ['Adams, Ben', ['Ben Adams']],
    ['be', ['Ben Adams']],
    ['south', []],
    ['\u0301', []],
    ['ʼ', []],
    ["'; DROP TABLE providers; --", []],
    ['a%s', ['Ada Adams', 'Ada Adams', 'Ben Adams', "Siobhán O'Brien-Núñez"]],
    ['a_a', ['Ada Adams', 'Ada Adams', 'Ben Adams', "Siobhán O'Brien-Núñez", 'Ada Young']],
    ['!!!', []],
  ])('finds parts of names: %s', async (search, expected) => {
    await sync(store.dataSource, 'sample', people);
    expect(await found({ search })).toEqual(expected);
  });

  it('that is blank is none', async () => {
    await sync(store.dataSource, 'sample', people);
    expect(await found({ search: '  ' })).toHaveLength(5);
  });

  it('of very many words is refused', async () => {
    const search = Array.from({ length: 21 }, (_, index) => `word${index}`).join(' ');
    await expect(listProviders(store.dataSource, { search, limit: 1 })).rejects.toThrow(ExpectedError);
  });

  it('keeps letters without an accent to be taken off within reach', async () => {
    const family = (familyName: string) => provider(familyName, { givenName: 'A', familyName });
    await sync(
      store.dataSource,
      'sample',
      ['Łukaszewicz', 'Sørensen', 'Groß', 'Иванов', 'Παπαδόπουλος'].map(family),
    );
    for (const search of ['lukaszewicz', 'SORENSEN', 'gross', 'GROẞ', 'ИВАНОВ', 'παπαδοπουλοσ']) {
      expect(await found({ search })).toHaveLength(1);
    }
  });

  it('finds a name by any part of it, in any case, with and without accents', async () => {
    const letters = fc.constantFrom(...'abcdzABCDZéÉñüÜçăŞşįőŽłŁøØàệǎñẅ한국лЙёÅ'.normalize('NFC'));
    const name = fc.string({ unit: letters, minLength: 1, maxLength: 12 });
    const write: ((part: string) => string)[] = [
      (part) => part,
      (part) => part.toUpperCase(),
      (part) => part.toLowerCase(),
      (part) => part.normalize('NFD'),
      (part) => part.normalize('NFD').replace(/[\u0300-\u036f]/g, ''),
    ];
    await fc.assert(
      fc.asyncProperty(
        name,
        name,
        fc.nat(),
        fc.nat(),
        fc.constantFrom(...write),
        async (given, family, from, length, as) => {
          await store.clear();
          await sync(store.dataSource, 'sample', [provider('x', { givenName: given, familyName: family })]);
          const start = from % family.length;
          const part = family.slice(start, start + 1 + (length % family.length));
          expect(await found({ search: as(part) })).toHaveLength(1);
          expect(await found({ search: `${as(given)} ${as(part)}` })).toHaveLength(1);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('who may be the same person', () => {
  it('is whoever has the same name, of any partner, but for case, accents and punctuation', async () => {
    const jose = provider('a', { givenName: 'José', familyName: "O'Hara-Lee" });
    await sync(store.dataSource, 'sample', [
      jose,
      provider('b', { givenName: 'JOSE', familyName: 'O’Hara Lee', clinic: 'South' }),
      provider('c', { givenName: 'Jose', familyName: 'Ohara' }),
    ]);
    await sync(store.dataSource, 'sample', [jose], 'other');
    const { items } = await listProviders(store.dataSource, { partner: 'other', limit: 1 });
    const same = await findPossibleSamePersons(store.dataSource, items[0]?.id ?? '');
    expect(same.map(({ partner, familyName }) => [partner, familyName])).toEqual([
      ['noteworth', expect.stringMatching(/^O.Hara.Lee$/)],
      ['noteworth', expect.stringMatching(/^O.Hara.Lee$/)],
    ]);
    expect(await findPossibleSamePersons(store.dataSource, 'no id')).toEqual([]);
  });

  it('are twenty at most', async () => {
    const twins = Array.from({ length: 25 }, (_, index) =>
      provider(`${index}`, { givenName: 'Ann', familyName: 'Lee', clinic: `${index}` }),
    );
    await sync(store.dataSource, 'sample', twins);
    const { items } = await listProviders(store.dataSource, { limit: 1 });
    expect(await findPossibleSamePersons(store.dataSource, items[0]?.id ?? '')).toHaveLength(20);
  });
});
