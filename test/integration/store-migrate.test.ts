import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/store/data-source';
import { migrate, pendingMigrations } from '../../src/store/migrate';
import { MIGRATIONS } from '../../src/store/migrations';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const ALL = MIGRATIONS.map(({ name }) => name);

describe('migrations', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = createDataSource({ url: database.url, applicationName: 'test', poolSize: 1 });
    await dataSource.initialize();
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function tables(): Promise<string[]> {
    const rows: { name: string }[] = await dataSource.query(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  }

  it('go up, all the way down and up again', async () => {
    expect(await migrate(dataSource)).toEqual(ALL);
    const up = await tables();
    expect(up).toEqual([
      'partner_calls',
      'provider_changes',
      'providers',
      'rejected_records',
      'schema_migrations',
      'sync_runs',
    ]);
    for (const _ of ALL) await dataSource.undoLastMigration();
    expect(await tables()).toEqual(['schema_migrations']);
    expect(await migrate(dataSource)).toEqual(ALL);
    expect(await tables()).toEqual(up);
  });

  it('run once when four processes start at once', async () => {
    const others = [1, 2, 3, 4].map(() =>
      createDataSource({ url: database.url, applicationName: 'test', poolSize: 1 }),
    );
    await Promise.all(others.map((other) => other.initialize()));
    const executed = await Promise.all(others.map(migrate));
    await Promise.all(others.map((other) => other.destroy()));
    expect(executed.flat()).toEqual(ALL);
    expect(await pendingMigrations(dataSource)).toEqual([]);
  });

  it('are listed while they are pending, without anything being written', async () => {
    expect(await pendingMigrations(dataSource)).toEqual(ALL);
    expect(await tables()).toEqual([]);
    await migrate(dataSource);
    expect(await pendingMigrations(dataSource)).toEqual([]);
  });

  it('leave the connection with its usual timeouts', async () => {
    const timeouts = `SELECT current_setting('statement_timeout'), current_setting('lock_timeout')`;
    const before = await dataSource.query(timeouts);
    await migrate(dataSource);
    expect(await dataSource.query(timeouts)).toEqual(before);
  });

  it('make the tables that the entities describe', async () => {
    await migrate(dataSource);
    const differences = await dataSource.driver.createSchemaBuilder().log();
    expect(differences.upQueries).toEqual([]);
  });

  it('need no extension', async () => {
    await migrate(dataSource);
    const extensions: { extname: string }[] = await dataSource.query('SELECT extname FROM pg_extension');
    expect(extensions.map(({ extname }) => extname)).toEqual(['plpgsql']);
  });
});
