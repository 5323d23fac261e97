import type { DataSource } from 'typeorm';
import { normalise } from '../../../src/partner/answer/identity';
import { listClinics } from '../../../src/store/directory/read-clinics';
import { findPossibleSamePersons, listProviders } from '../../../src/store/directory/read-providers';
import { migrate } from '../../../src/store/migrate/migrate';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { provider, sync } from '../../support/store-fixtures';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

/** Locales with special rules for letters. */
const LOCALES = {
  'of all tests': '',
  C: `ENCODING 'UTF8' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
  Turkish: `ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'tr' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
  Lithuanian: `ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'lt' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
};

const PEOPLE = [
  ['ИВАН', 'Петров'],
  ['Ἀλέξανδρος', 'ΠΑΠΑΔΌΠΟΥΛΟΣ'],
  ['IAN', 'Irving'],
  ['Işıl', 'YILDIZ'],
  ['İpek', 'Ğül'],
  ['Øyvind', 'STRAẞE'],
  ['Ան', 'ՍԱՐԳՍՅԱՆ'],
  ['Jo\u200Bhn', 'Sm\u00ADith'],
  ['\u200EAda\u200F', 'Love\uFE0Flace'],
  ['O’Neil', 'Anne-Marie'],
] as const;

/** A search, and the given name of the person it finds. */
const SEARCHES: [string, string][] = [
  ['иван', 'ИВАН'],
  ['ПЕТРОВ', 'ИВАН'],
  ['παπαδοπουλος', 'Ἀλέξανδρος'],
  ['ΑΛΕΞΑΝΔΡΟΣ', 'Ἀλέξανδρος'],
  ['ian', 'IAN'],
  ['IRVING', 'IAN'],
  ['isil', 'Işıl'],
  ['yildiz', 'Işıl'],
  ['İPEK', 'İpek'],
  ['gul', 'İpek'],
  ['oyvind', 'Øyvind'],
  ['strasse', 'Øyvind'],
  ['սարգսյան', 'Ան'],
  ['john', 'Jo\u200Bhn'],
  ['smith', 'Jo\u200Bhn'],
  ['LOVELACE', '\u200EAda\u200F'],
  ['a\u200Bda', '\u200EAda\u200F'],
  ["o'neil", 'O’Neil'],
  ['anne marie', 'O’Neil'],
];

describe.each(Object.entries(LOCALES))('a database with the locale %s', (_, options) => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase({ options });
    dataSource = createDataSource({ url: database.url, applicationName: 'test', poolSize: 2 });
    await dataSource.initialize();
    await migrate(dataSource);
    await sync(
      dataSource,
      'sample',
      PEOPLE.map(([givenName, familyName]) =>
        provider(givenName, { givenName, familyName, clinic: `Klinik ${familyName}` }),
      ),
    );
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it.each(SEARCHES)('finds by "%s"', async (search, givenName) => {
    const { items } = await listProviders(dataSource, { search, limit: 5 });
    expect(items.map((found) => found.givenName)).toEqual([givenName]);
  });

  it('finds by the beginning of a name, whatever its case', async () => {
    const familyName = { text: 'παπα', how: 'begins' } as const;
    expect((await listProviders(dataSource, { familyName, limit: 5 })).items).toHaveLength(1);
    const name = { text: 'klinik yıl', how: 'begins' } as const;
    expect((await listClinics(dataSource, { name, limit: 5 })).items).toMatchObject([
      { name: 'Klinik YILDIZ' },
    ]);
  });

  it('reports people who differ only in invisible characters or case', async () => {
    const [given, family] = ['jo\u2060HN', 'SMI\u200DTH'];
    await sync(
      dataSource,
      'sample',
      [provider('other', { givenName: given, familyName: family })],
      'brightwater',
    );
    const [john] = (await listProviders(dataSource, { search: 'john', partner: 'noteworth', limit: 1 }))
      .items;
    expect(await findPossibleSamePersons(dataSource, john?.id ?? '')).toMatchObject([{ givenName: given }]);
  });

  // Except the acute accent, which is an apostrophe here, and characters newer than the Unicode of Postgres.
  it('gives every character the key of its folded form', async () => {
    const characters: string[] = [];
    for (let code = 1; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      if (/\p{Changes_When_NFKC_Casefolded}|\p{Cased}/u.test(character)) characters.push(character);
    }
    expect(characters.length).toBeGreaterThan(10_000);
    const differing: { character: string }[] = await dataSource.query(
      `SELECT character FROM unnest($1::text[], $2::text[]) AS pairs (character, folded)
       WHERE fold_name('x' || character || 'y') <> fold_name(folded)
         AND (unicode_assigned(character) AND character <> '´')`,
      [characters, characters.map((character) => normalise(`x${character}y`))],
    );
    expect(differing).toEqual([]);
  });
});
