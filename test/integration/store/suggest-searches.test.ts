import { listProviders } from '../../../src/store/directory/read-providers';
import { suggestSearches } from '../../../src/store/directory/suggest-searches';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();

const PEOPLE = [
  ['Linh', 'Nguyen', 'Riverbend Family Clinic'],
  ['Marek', 'Kowalczyk', 'Lakeside Clinic'],
  ['Jonathan', 'Reed', 'Lakeside Clinic'],
  ['Emily', 'Adams', 'Riverbend Family Clinic'],
  ['Jürg', 'Schönbächler', 'Zürich Praxis'],
  ['Conor', 'O’Hara', 'Lakeside Clinic'],
  ['Noel', 'Smith-Jones', 'Hillcrest'],
] as const;

beforeEach(() =>
  sync(
    store.dataSource,
    'snapshot',
    PEOPLE.map(([givenName, familyName, clinic]) =>
      provider(familyName, { givenName, familyName, clinic, title: 'Dr.' }),
    ),
  ),
);

const suggest = (search: string, filter = {}) => suggestSearches(store.dataSource, { search, ...filter });

describe('a search that finds no one', () => {
  it.each([
    ['Nguen', ['Nguyen']],
    ['nguyan', ['Nguyen']],
    ['Nugyen', ['Nguyen']],
    ['Konor', ['Conor']],
    ['Rede', ['Reed']],
    ['Kowalchik', ['Kowalczyk']],
    ['Jonathon', ['Jonathan']],
    ['Schönbechler', ['Schönbächler']],
    ['Ohare', ['O’Hara']],
    ['Dr. Emilie Adams', ['Dr Emily Adams']],
    ['Emily Adems Riverbend', ['Emily Adams Riverbend']],
    ['Emely Adems', ['Emily Adams']],
    ['Rivrebend', ['Riverbend']],
    ['Kowalczky', ['Kowalczyk']],
    ['Schönbächlre', ['Schönbächler']],
    ['emilyadams', ['Emily Adams']],
    ['adamsemily', ['Emily Adams']],
    ['Kowalchik Riverbend', ['Kowalczyk']],
    ['xqzzw', []],
    ['zq', []],
    ['!!!', []],
    ['\u0301', []],
    ["'; DROP TABLE providers; --", []],
  ])('leads to similar words that exist: %s', async (search, expected) => {
    const { items } = await listProviders(store.dataSource, { search, limit: 1 });
    expect(items).toEqual([]);
    expect((await suggest(search)).slice(0, Math.max(1, expected.length))).toEqual(expected);
  });

  it('leads to words that find someone with the same filters', async () => {
    await sync(store.dataSource, 'sample', [provider('x', { familyName: 'Nguyet' })], 'other');
    expect(await suggest('Nguyeb', { partner: 'other' })).toEqual(['Nguyet']);
    expect(await suggest('Nguyeb', { partner: 'noteworth' })).toEqual(['Nguyen']);
    expect(await suggest('Nguyeb', { clinic: 'Lakeside Clinic' })).toEqual([]);
    expect(await suggest('Nguyeb', { letter: 'K' })).toEqual([]);
    expect(await suggest('Nguyeb', { status: 'left' })).toEqual([]);
  });

  it('leads to the closest words first, and to at most three', async () => {
    const similar = ['Nguyenso', 'Nguyena', 'Nguyeno', 'Nguyenz'];
    await sync(
      store.dataSource,
      'sample',
      similar.map((familyName) => provider(familyName, { familyName })),
      'other',
    );
    const found = await suggest('Nguyenx');
    expect(found).toHaveLength(3);
    expect(found).not.toContain('Nguyenso');
  });
});
