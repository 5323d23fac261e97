import fc from 'fast-check';
import { ExpectedError } from '../../../src/process/expected-error';
import { findPossibleSamePersons, listProviders } from '../../../src/store/directory/read-providers';
import { foldPlain } from '../../../src/store/directory/search-words';
import { searchFolded } from '../../../src/store/schema/folded';
import { found, PEOPLE } from '../../support/provider-pages';
import { provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();

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
    ['south', ['Ada Adams']],
    ['adams south clinic', ['Ada Adams']],
    ['west st mary', ['Ada Young']],
    ['NP Ada Adams', ['Ada Adams']],
    ['obriennunez', ["Siobhán O'Brien-Núñez"]],
    ['adamsada', []],
    ['north', ['Ada Adams', 'Ben Adams']],
    ['elsewhere', []],
    ['\u0301', []],
    ['ʼ', []],
    ["'; DROP TABLE providers; --", []],
    ['a%b', ['Ben Adams', "Siobhán O'Brien-Núñez"]],
    ['a_a', ['Ada Adams', 'Ada Adams', 'Ben Adams', "Siobhán O'Brien-Núñez", 'Ada Young']],
    ['!!!', []],
  ])('finds parts of names, titles and clinics: %s', async (search, expected) => {
    await sync(store.dataSource, 'sample', PEOPLE);
    expect(await found(store, { search })).toEqual(expected);
  });

  it('ignores a blank search', async () => {
    await sync(store.dataSource, 'sample', PEOPLE);
    expect(await found(store, { search: '  ' })).toHaveLength(5);
  });

  it('refuses too many words', async () => {
    const search = Array.from({ length: 21 }, (_, index) => `word${index}`).join(' ');
    await expect(listProviders(store.dataSource, { search, limit: 1 })).rejects.toThrow(ExpectedError);
  });

  it('finds names with letters that are not a letter with an accent', async () => {
    const family = (familyName: string) => provider(familyName, { givenName: 'A', familyName });
    await sync(
      store.dataSource,
      'sample',
      ['Łukaszewicz', 'Sørensen', 'Groß', 'Иванов', 'Παπαδόπουλος'].map(family),
    );
    for (const search of ['lukaszewicz', 'SORENSEN', 'gross', 'GROẞ', 'ИВАНОВ', 'παπαδοπουλοσ']) {
      expect(await found(store, { search })).toHaveLength(1);
    }
  });

  it.each([
    ['Müller', ['müller', 'mueller', 'muller', 'MUELLER', 'muell']],
    ['Mueller', ['müller', 'mueller', 'muller', 'muell', 'ueller']],
    ['Muller', ['müller', 'mueller', 'muller']],
    ['Schönbaechler', ['schönbächler', 'Schoenbaechler', 'schonbachler', 'schoenb']],
    ['Sørensen', ['sörensen', 'soerensen', 'sorensen', 'SØRENSEN']],
    ['Soerensen', ['sørensen', 'soerensen', 'sorensen']],
    ['Håkansson', ['haakansson', 'hakansson']],
    ['Aase', ['åse', 'aase', 'ase']],
    ['Kjær', ['kjaer', 'kjær', 'kjär', 'kjar']],
    ['Kjaer', ['kjær', 'kjaer', 'kjar']],
    ['Weiß', ['weiss', 'WEISS', 'weiß']],
    ['Weiss', ['weiß']],
    ['Þórðarson', ['thordarson', 'þórðarson']],
    ['Smith-Jones', ['smithjones', 'Smith Jones', 'jones-smith', 'hjo']],
    ['Smith Jones', ['smithjones', 'smith-jones']],
    ['Müller-Lüdenscheidt', ['muellerluedenscheidt', 'mullerludenscheidt', 'luedenscheidt mueller']],
    ['O Hara', ["o'hara", 'ohara', 'o hara']],
    ['van der Berg', ['vanderberg', 'Van-der-Berg']],
  ])('finds %s however it is written', async (familyName, searches) => {
    await sync(store.dataSource, 'sample', [
      provider('1', { givenName: 'Jo', familyName, clinic: 'Zürich' }),
      provider('2', { givenName: 'Arnold', familyName: 'Nolan', clinic: 'Bern' }),
    ]);
    for (const search of searches) expect(await found(store, { search })).toEqual([`Jo ${familyName}`]);
    expect(await found(store, { search: 'zuerich' })).toEqual([`Jo ${familyName}`]);
  });

  it('takes two letters for one in whole words only', async () => {
    await sync(store.dataSource, 'sample', [
      provider('1', { givenName: 'Noel', familyName: 'Baker' }),
      provider('2', { givenName: 'Arnold', familyName: 'Nolan' }),
    ]);
    expect(await found(store, { search: 'noel' })).toEqual(['Noel Baker']);
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
          expect(await found(store, { search: as(part) })).toHaveLength(1);
          expect(await found(store, { search: `${as(given)} ${as(part)}` })).toHaveLength(1);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('possible duplicates', () => {
  it('have the same name at any partner; case, accents and punctuation are ignored', async () => {
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

  it('are at most twenty', async () => {
    const twins = Array.from({ length: 25 }, (_, index) =>
      provider(`${index}`, { givenName: 'Ann', familyName: 'Lee', clinic: `${index}` }),
    );
    await sync(store.dataSource, 'sample', twins);
    const { items } = await listProviders(store.dataSource, { limit: 1 });
    expect(await findPossibleSamePersons(store.dataSource, items[0]?.id ?? '')).toHaveLength(20);
  });
});

it('folds plain words as Postgres does', async () => {
  const words = fc.array(fc.array(fc.constantFrom('a', 'Z', '0', "'", '`', 'Æ', 'é'), { maxLength: 8 }), {
    minLength: 50,
    maxLength: 50,
  });
  const drawn = fc
    .sample(words, 20)
    .flat()
    .map((letters) => letters.join(''));
  const all = [...drawn, 'x'.repeat(200), 'x'.repeat(201)];
  const rows: { key: string }[] = await store.dataSource.query(
    `SELECT ${searchFolded('word')} AS key FROM unnest($1::text[]) WITH ORDINALITY words (word, place) ORDER BY place`,
    [all],
  );
  const plain = all.flatMap((word, place) => {
    const key = foldPlain(word);
    return key === null ? [] : [[word, key, rows[place]?.key]];
  });
  expect(plain.length).toBeGreaterThan(100);
  for (const [word, here, there] of plain) expect([word, here]).toEqual([word, there]);
});
