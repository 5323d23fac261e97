import { countProviders } from '../../../src/store/directory/count-providers';
import { readProviderPage } from '../../../src/store/directory/provider-page';
import { findClinics, listFacets } from '../../../src/store/directory/read-facets';
import { readLetters } from '../../../src/store/directory/read-letters';
import { NAME_LETTERS, PROVIDER_SORTS } from '../../../src/store/lists/filters';
import { allPages, found, names } from '../../support/provider-pages';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();

const family = (familyName: string) => provider(familyName, { givenName: 'Jo', familyName });

const FAMILIES = ['Zola', 'Ärlig', 'adams', 'O’Hara', '3M', 'Иванов', 'Øster', 'Olsen', 'Zygmund', '漢'];

describe('the letters of a list', () => {
  beforeEach(() => sync(store.dataSource, 'snapshot', FAMILIES.map(family)));

  it('divide it: every provider has exactly one', async () => {
    const parts = await Promise.all(NAME_LETTERS.map((letter) => found(store, { letter })));
    expect(parts.flat().sort()).toEqual((await found(store, {})).sort());
    expect(parts[0]).toEqual(['Jo adams', 'Jo Ärlig']);
    expect(parts[NAME_LETTERS.indexOf('O')]).toEqual(['Jo O’Hara', 'Jo Olsen', 'Jo Øster']);
    expect(parts.at(-1)).toEqual(['Jo 3M', 'Jo Иванов', 'Jo 漢']);
  });

  it.each(PROVIDER_SORTS)('narrow the list in the order %s, with other filters', async (sort) => {
    expect((await found(store, { sort, letter: '#' })).sort()).toEqual(['Jo 3M', 'Jo Иванов', 'Jo 漢']);
    expect(await found(store, { sort, letter: 'Z', search: 'zol' })).toEqual(['Jo Zola']);
    expect(await found(store, { sort, letter: 'Z', status: 'left' })).toEqual([]);
  });

  it('are those of the providers of all partners, or of one', async () => {
    await sync(store.dataSource, 'sample', [family('Quist')], 'other');
    expect([...(await readLetters(store.dataSource))].sort()).toEqual(['#', 'A', 'O', 'Q', 'Z']);
    expect([...(await readLetters(store.dataSource, { partner: 'other' }))]).toEqual(['Q']);
    expect([...(await readLetters(store.dataSource, { partner: 'unknown' }))]).toEqual([]);
  });
});

describe('the way back through a list', () => {
  it.each([
    ...PROVIDER_SORTS.map((sort) => ({ sort })),
    { letter: '#' } as const,
    { search: 'jo' },
    { search: 'o', sort: '-lastChangedAt' } as const,
  ])('leads through the same pages: %j', async (filter) => {
    await sync(store.dataSource, 'sample', FAMILIES.map(family));
    const pages = [await readProviderPage(store.dataSource, { ...filter, limit: 2 })];
    for (let cursor = pages[0]?.nextCursor ?? null; cursor !== null; ) {
      const page = await readProviderPage(store.dataSource, { ...filter, limit: 2, cursor });
      pages.push(page);
      cursor = page.nextCursor;
    }
    expect(pages.flatMap(({ items }) => items)).toEqual(await allPages(store, { ...filter, limit: 100 }));
    expect(pages[0]?.previousCursor).toBeNull();
    for (let cursor = pages.at(-1)?.previousCursor ?? null; cursor !== null; ) {
      pages.pop();
      const page = await readProviderPage(store.dataSource, { ...filter, limit: 2, cursor });
      expect(names(page.items)).toEqual(names(pages.at(-1)?.items ?? []));
      expect(page.nextCursor).toBe(pages.at(-1)?.nextCursor);
      cursor = page.previousCursor;
    }
    expect(pages).toHaveLength(1);
  });
});

describe('the number of providers', () => {
  it('is that of the list, whatever its filters', async () => {
    await sync(store.dataSource, 'snapshot', [...FAMILIES, 'Left'].map(family));
    await sync(store.dataSource, 'snapshot', FAMILIES.map(family));
    await sync(store.dataSource, 'sample', [family('Zola')], 'other');
    for (const filter of [
      {},
      { status: 'present' },
      { status: 'left' },
      { partner: 'other' },
      { partner: 'other', status: 'left' },
      { letter: 'Z' },
      { search: 'zo', sort: 'name' },
      { search: 'z' },
      { title: 'Dr.', status: 'all' },
    ] as const) {
      const items = await allPages(store, { ...filter, limit: 100 });
      expect(await countProviders(store.dataSource, filter)).toEqual({ count: items.length, isExact: true });
    }
  });
});

describe('the clinics of a filter', () => {
  const at = (clinic: string) => provider(clinic, { clinic });

  beforeEach(() =>
    sync(store.dataSource, 'sample', ['Ward 10', 'Ward 9', 'Älpli', 'zum See', 'Alpina'].map(at)),
  );

  it('are in the order of letters', async () => {
    const { clinics } = await listFacets(store.dataSource);
    expect(clinics.map(({ value }) => value)).toEqual(['Alpina', 'Älpli', 'Ward 9', 'Ward 10', 'zum See']);
  });

  it('are found by parts of their words, with and without accents', async () => {
    const find = async (words: string, limit = 10) =>
      (await findClinics(store.dataSource, { words, limit })).map(({ value }) => value);
    expect(await find('alp')).toEqual(['Alpina', 'Älpli']);
    expect(await find('SEE zu')).toEqual(['zum See']);
    expect(await find('ward', 1)).toEqual(['Ward 9']);
    expect(await find('elsewhere')).toEqual([]);
  });
});
