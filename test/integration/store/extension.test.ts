import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { ExpectedError } from '../../../src/process/expected-error';
import { listProviders } from '../../../src/store/directory/read-providers';
import { migrate } from '../../../src/store/migrate/migrate';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { provider, sync } from '../../support/store-fixtures';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

describe('the extension that search needs', () => {
  const role = `test_${randomUUID().replaceAll('-', '')}`;
  let database: TestDatabase;
  let owner: DataSource;
  let limited: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase();
    owner = await createDataSource({ url: database.url, applicationName: 'test', poolSize: 1 }).initialize();
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'test'`);
    // This role may create tables, but no extensions.
    await owner.query(`GRANT CREATE ON SCHEMA public TO ${role}`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'test';
    limited = await createDataSource({ url: url.href, applicationName: 'test', poolSize: 1 }).initialize();
  });

  afterEach(async () => {
    await limited.destroy();
    await owner.query(`DROP OWNED BY ${role}`);
    await owner.query(`DROP ROLE ${role}`);
    await owner.destroy();
    await database.drop();
  });

  it('is named in the error if it cannot be created, and nothing is created then', async () => {
    const migrating = migrate(limited);
    await expect(migrating).rejects.toThrow(ExpectedError);
    await expect(migrating).rejects.toThrow(/pg_trgm.*permission denied.*CREATE EXTENSION pg_trgm/);
    expect(await owner.query(`SELECT to_regclass('sync_runs') AS runs`)).toEqual([{ runs: null }]);
  });

  it('may already exist, in any schema', async () => {
    await owner.query('CREATE SCHEMA "Our extensions"');
    await owner.query('CREATE EXTENSION pg_trgm SCHEMA "Our extensions"');
    await owner.query(`GRANT USAGE ON SCHEMA "Our extensions" TO ${role}`);
    await migrate(limited);
    await sync(limited, 'sample', [provider('a', { familyName: 'Núñez' })]);
    expect((await listProviders(limited, { search: 'nunez', limit: 1 })).items).toHaveLength(1);
  });
});
