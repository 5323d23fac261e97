import type { DataSource } from 'typeorm';
import { migrate } from '../../../src/store/migrate/migrate';
import { createDataSource } from '../../../src/store/postgres/data-source';
import type { MIGRATIONS } from '../../../src/store/schema/migrations';
import { breakingChanges, readSchema } from '../../support/breaking-changes';
import { NEXT_MIGRATIONS, withMigrations } from '../../support/next-migration';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

/*
 * During an upgrade, workers of the previous version and of this one share the tables, and an operator may want to
 * downgrade later. So a migration only adds. What the previous version still uses is dropped one version later, in a
 * migration that is named here.
 */
const DROPS_WHAT_NO_VERSION_USES: readonly string[] = [];

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await createDataSource({
    url: database.url,
    applicationName: 'test',
    poolSize: 1,
  }).initialize();
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

/** The changes of each migration, except the first, that break the previous version. */
async function brokenBy(migrations: typeof MIGRATIONS): Promise<Record<string, string[]>> {
  const broken: Record<string, string[]> = {};
  let before = null;
  for (const [index, { name }] of migrations.entries()) {
    const version = await withMigrations(dataSource, migrations.slice(0, index + 1));
    await migrate(version);
    const after = await readSchema(version);
    await version.destroy();
    if (before) broken[name] = breakingChanges(before, after);
    before = after;
  }
  return broken;
}

describe('a migration', () => {
  it('keeps everything that the previous version relies on', async () => {
    const broken = await brokenBy(NEXT_MIGRATIONS);
    expect(Object.keys(broken)).toEqual(NEXT_MIGRATIONS.slice(1).map(({ name }) => name));
    for (const name of DROPS_WHAT_NO_VERSION_USES) delete broken[name];
    expect(Object.entries(broken).filter(([, changes]) => changes.length > 0)).toEqual([]);
  });
});

describe('a change that breaks the previous version', () => {
  it.each([
    ['ALTER TABLE providers DROP COLUMN listed', ['providers.listed went']],
    ['ALTER TABLE providers RENAME COLUMN title TO degree', ['providers.title went']],
    ['DROP TABLE rejected_records', expect.arrayContaining(['rejected_records.raw went'])],
    ['ALTER TABLE sync_runs ALTER received TYPE bigint', ['sync_runs.received became bigint']],
    [
      'ALTER TABLE sync_runs ADD COLUMN host text NOT NULL',
      ['sync_runs.host came, required and without a default'],
    ],
    ['ALTER TABLE providers ALTER title SET NOT NULL', ['providers.title became required']],
    ['ALTER TABLE sync_runs ALTER received DROP DEFAULT', ['sync_runs.received lost its default']],
    [
      'ALTER TABLE providers ADD CHECK (length(title) < 5)',
      ['came for providers: CHECK ((length(title) < 5))'],
    ],
    [
      'CREATE UNIQUE INDEX one_a_clinic ON providers (clinic)',
      ['came for providers: CREATE UNIQUE INDEX one_a_clinic ON public.providers USING btree (clinic)'],
    ],
    [
      'CREATE UNIQUE INDEX one_a_clinic ON providers (lower(clinic))',
      [expect.stringMatching(/^came for providers: CREATE UNIQUE INDEX one_a_clinic/)],
    ],
    [
      'DROP INDEX providers_identity_key',
      [expect.stringMatching(/^went for providers: CREATE UNIQUE INDEX/)],
    ],
  ])('is seen: %s', async (statement, changes) => {
    await migrate(dataSource);
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    const before = await readSchema(runner);
    await runner.query(statement);
    const after = await readSchema(runner);
    await runner.rollbackTransaction();
    await runner.release();
    expect(breakingChanges(before, after)).toEqual(changes);
  });
});
