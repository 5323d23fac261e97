import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { createStoredIdentity } from '../../../src/partner/answer/stored-identity';
import { readLookalikes } from '../../../src/store/directory/read-lookalikes';
import { findPossibleSamePersons } from '../../../src/store/directory/read-providers';
import { migrate } from '../../../src/store/migrate/migrate';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { saveSync } from '../../../src/store/save/save-sync';
import { MIGRATIONS } from '../../../src/store/schema/migrations';
import { FoldNames1764201600000 } from '../../../src/store/schema/migrations/1764201600000-fold-names';
import { createAnswerCheck } from '../../support/check-answer';
import { runHere } from '../../support/command-here';
import { withMigrations } from '../../support/next-migration';
import { partnerWith } from '../../support/partners';
import { answer, openedRun } from '../../support/store-fixtures';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

const JOHN = { name_given: 'John', name_family: 'Smith', title: 'Dr.', clinic: 'North' };
const HIDDEN = { ...JOHN, name_given: 'Jo\u200Bhn', clinic: 'No\u00ADrth' };
const OTHERWISE_HIDDEN = { ...JOHN, name_family: '\u2060Smith' };

/** The migrations of the previous version. */
const BEFORE = MIGRATIONS.slice(0, MIGRATIONS.indexOf(FoldNames1764201600000));

describe('a directory of a version that did not drop invisible characters', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = createDataSource({ url: database.url, applicationName: 'test', poolSize: 2 });
    await dataSource.initialize();
    const before = await withMigrations(dataSource, BEFORE);
    await migrate(before);
    await before.destroy();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** Inserts a provider as a worker of that version does. */
  async function insertAsBefore(
    record: typeof JOHN,
    attributes: object = {},
    identity?: string[],
  ): Promise<string> {
    const values = identity ?? [record.name_given, record.name_family, record.clinic];
    const folded = values.map((value) => value.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim());
    const key = createHash('sha256').update(JSON.stringify(folded)).digest();
    const [{ id }] = await dataSource.query(
      `INSERT INTO providers (partner, identity_key, given_name, family_name, title, clinic, attributes,
         first_seen_at, last_seen_at, last_changed_at)
       VALUES ('noteworth', $1, $2, $3, $4, $5, $6, now(), now(), now()) RETURNING id`,
      [key, record.name_given, record.name_family, record.title, record.clinic, attributes],
    );
    return id;
  }

  async function syncs(records: object[], partner = partnerWith()) {
    const { providers } = createAnswerCheck(partner)(records);
    const runId = await openedRun(dataSource);
    return saveSync(dataSource, {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      answer: answer(providers),
      calls: [],
      identityKeyOf: createStoredIdentity(partner),
    });
  }

  async function stored(): Promise<{ id: string; given: string }[]> {
    return dataSource.query('SELECT id, given_name AS given FROM providers ORDER BY first_seen_at, id');
  }

  it('recognises a person with and without them', async () => {
    const id = await insertAsBefore(HIDDEN);
    await migrate(dataSource);
    expect(await syncs([HIDDEN])).toMatchObject({ inserted: 0, updated: 0, unchanged: 1 });
    expect(await syncs([JOHN])).toMatchObject({ inserted: 0, updated: 1 });
    expect(await syncs([OTHERWISE_HIDDEN])).toMatchObject({ inserted: 0, updated: 1 });
    expect(await stored()).toEqual([{ id, given: 'John' }]);
  });

  it('merges no one: people who would collide are reported', async () => {
    const hidden = await insertAsBefore(HIDDEN);
    const clean = await insertAsBefore(JOHN);
    const otherwise = await insertAsBefore(OTHERWISE_HIDDEN);
    await migrate(dataSource);
    const pairs = (await readLookalikes(dataSource)).map(({ ids }) => [...ids].sort());
    expect(pairs).toHaveLength(3);
    for (const pair of [
      [hidden, clean],
      [otherwise, clean],
      [hidden, otherwise],
    ]) {
      expect(pairs).toContainEqual(pair.sort());
    }
    expect(await syncs([JOHN])).toMatchObject({ inserted: 0, updated: 0, unchanged: 1 });
    expect(await syncs([HIDDEN])).toMatchObject({ inserted: 0, updated: 1 });
    expect(await stored()).toHaveLength(3);
    const others = await findPossibleSamePersons(dataSource, clean);
    expect(others.map(({ id }) => id).sort()).toEqual([hidden, otherwise].sort());
  });

  it('is migrated by a command that names the pairs that look alike', async () => {
    const ids = [await insertAsBefore(HIDDEN), await insertAsBefore(JOHN)];
    await insertAsBefore({ ...JOHN, clinic: 'South' });
    const { code, stdout } = await runHere(['migrate'], { DATABASE_URL: database.url });
    expect([code, stdout]).toEqual([0, expect.stringContaining('look alike and may be the same person')]);
    const [, ...pairs] = stdout
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('Applied:'));
    expect(pairs.map((pair) => pair.match(/[0-9a-f-]{36}/g)?.sort())).toEqual([ids.sort()]);
  });

  it('keeps the last seen of several people with the same visible name', async () => {
    await insertAsBefore(HIDDEN);
    await dataSource.query(`UPDATE providers SET last_seen_at = now() - interval '1 day'`);
    const last = await insertAsBefore(OTHERWISE_HIDDEN);
    await migrate(dataSource);
    expect(await syncs([{ ...JOHN, title: 'NP' }])).toMatchObject({ inserted: 0, updated: 1 });
    expect(await dataSource.query(`SELECT id FROM providers WHERE title = 'NP'`)).toEqual([{ id: last }]);
  });

  it('recognises a person that a worker of that version inserted after the migration', async () => {
    await migrate(dataSource);
    const id = await insertAsBefore(HIDDEN);
    expect(await syncs([JOHN])).toMatchObject({ inserted: 0, updated: 1 });
    expect(await stored()).toEqual([{ id, given: 'John' }]);
  });

  it('recognises people by an id of the partner, as a number or as text', async () => {
    await insertAsBefore(HIDDEN, { npi: 7 }, ['7']);
    await insertAsBefore(JOHN, { npi: 'a\u200B8' }, ['a\u200B8']);
    await migrate(dataSource);
    const byId = partnerWith({ identity: ['npi'] });
    const records = [
      { ...HIDDEN, npi: 7 },
      { ...JOHN, npi: 'A8' },
    ];
    expect(await syncs(records, byId)).toMatchObject({ inserted: 0, updated: 1, unchanged: 1 });
  });

  it('can be downgraded to that version and upgraded again', async () => {
    await insertAsBefore(HIDDEN);
    await migrate(dataSource);
    await syncs([JOHN]);
    for (const _ of MIGRATIONS.slice(BEFORE.length)) await dataSource.undoLastMigration();
    await insertAsBefore({ ...JOHN, name_family: 'Jones' });
    await migrate(dataSource);
    expect(await syncs([HIDDEN, { ...JOHN, name_family: 'JONES' }])).toMatchObject({
      inserted: 0,
      updated: 2,
    });
  });
});
