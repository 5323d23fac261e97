import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { migrate, pendingMigrations } from '../../../src/store/migrate/migrate';
import { revertLastMigration } from '../../../src/store/migrate/revert-migration';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { classifyStoreError } from '../../../src/store/postgres/store-failure';
import { saveSync } from '../../../src/store/save/save-sync';
import { ProviderEntity } from '../../../src/store/schema/entities/provider';
import { RejectedRecordEntity } from '../../../src/store/schema/entities/rejected-record';
import { MIGRATIONS } from '../../../src/store/schema/migrations';
import { NEXT_MIGRATIONS, withMigrations } from '../../support/next-migration';
import { queryOneAtATime } from '../../support/one-query-at-a-time';
import { until } from '../../support/scenario';
import { answer, call, openedRun, provider, sync, useStore } from '../../support/store-fixtures';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

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

  it('can be run, all reverted, and run again', async () => {
    expect(await migrate(dataSource)).toEqual(ALL);
    const up = await tables();
    expect(up).toEqual([
      'ended_sessions',
      'erasures',
      'kept_answers',
      'operator_actions',
      'partner_calls',
      'pending_departures',
      'provider_changes',
      'provider_counts',
      'providers',
      'rejected_records',
      'schema_migrations',
      'staged_pages',
      'staged_records',
      'suppressed_people',
      'suppression_keys',
      'sync_runs',
      'webhook_messages',
      'webhook_receivers',
    ]);
    for (const name of [...ALL].reverse()) {
      expect(await revertLastMigration(dataSource, { losingData: false })).toBe(name);
    }
    expect(await revertLastMigration(dataSource, { losingData: false })).toBeNull();
    expect(await tables()).toEqual(['schema_migrations']);
    expect(await migrate(dataSource)).toEqual(ALL);
    expect(await tables()).toEqual(up);
  });

  it('run once if four processes start at once', async () => {
    const others = [1, 2, 3, 4].map(() =>
      createDataSource({ url: database.url, applicationName: 'test', poolSize: 1 }),
    );
    await Promise.all(others.map((other) => other.initialize()));
    const executed = await Promise.all(others.map(migrate));
    await Promise.all(others.map((other) => other.destroy()));
    expect(executed.flat()).toEqual(ALL);
    expect(await pendingMigrations(dataSource)).toEqual([]);
  });

  it('are listed while they are pending, and nothing is written', async () => {
    expect(await pendingMigrations(dataSource)).toEqual(ALL);
    expect(await tables()).toEqual([]);
    await migrate(dataSource);
    expect(await pendingMigrations(dataSource)).toEqual([]);
  });

  it('restore the usual timeouts of the connection', async () => {
    const timeouts = `SELECT current_setting('statement_timeout'), current_setting('lock_timeout')`;
    const before = await dataSource.query(timeouts);
    await migrate(dataSource);
    expect(await dataSource.query(timeouts)).toEqual(before);
  });

  it('report why the connection was lost in one of them', async () => {
    class LosesItself implements MigrationInterface {
      readonly name = 'LosesItself1999999999999';
      async up(runner: QueryRunner): Promise<void> {
        await runner.query('SELECT pg_terminate_backend(pg_backend_pid())');
      }
      async down(): Promise<void> {}
    }
    const losing = await withMigrations(dataSource, [...MIGRATIONS, LosesItself]);
    const error = await migrate(losing).catch((reason: unknown) => reason);
    await losing.destroy();
    expect(classifyStoreError(error)?.message).toContain('57P01');
  });

  it('create the tables that the entities describe', async () => {
    // If the entities declared the generated columns, TypeORM would keep an own table for them. So the test does.
    for (const [entity, name] of [
      [ProviderEntity, 'nameKey'],
      [ProviderEntity, 'searchKey'],
      [RejectedRecordEntity, 'nameKey'],
      [RejectedRecordEntity, 'state'],
      [RejectedRecordEntity, 'groupKey'],
    ] as const) {
      const column = dataSource.getMetadata(entity).findColumnWithPropertyName(name);
      Object.assign(column ?? {}, { generatedType: 'STORED', asExpression: '' });
    }
    await migrate(dataSource);
    queryOneAtATime(dataSource);
    const differences = await dataSource.driver.createSchemaBuilder().log();
    expect(differences.upQueries).toEqual([]);
  });

  it('need one extension, which comes with Postgres', async () => {
    await migrate(dataSource);
    const extensions: { extname: string }[] = await dataSource.query('SELECT extname FROM pg_extension');
    expect(extensions.map(({ extname }) => extname)).toEqual(['plpgsql', 'pg_trgm']);
  });
});

describe('migrations on data', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeEach(async () => {
    database = await createTestDatabase();
    const bare = createDataSource({ url: database.url, applicationName: 'test', poolSize: 1 });
    dataSource = await withMigrations(bare, NEXT_MIGRATIONS);
    await migrate(dataSource);
    await sync(dataSource, 'sample', [provider('a'), provider('b', { title: 'PA' })]);
    const runId = await openedRun(dataSource);
    await saveSync(dataSource, {
      runId,
      partner: 'noteworth',
      feed: 'sample',
      answer: answer([provider('a', { title: 'NP' })], {
        rejected: [{ position: 1, reason: 'NotAnObject', field: null, raw: '7' }],
      }),
      calls: [call()],
    });
  });

  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** Every row of the tables of this version, without the columns that the next version adds. */
  async function rows(): Promise<unknown[]> {
    return Promise.all(
      ['sync_runs', 'providers', 'provider_changes', 'partner_calls', 'rejected_records'].map((table) =>
        dataSource.query(
          `SELECT to_jsonb(${table}) - 'review' - 'reviewed_by' AS row FROM ${table} ORDER BY 1`,
        ),
      ),
    );
  }

  it('can be reverted by one and run again, and older data stays', async () => {
    const before = await rows();
    expect(before.map((table) => (table as unknown[]).length)).toEqual([2, 2, 1, 1, 1]);
    await revertLastMigration(dataSource, { losingData: true });
    expect(await rows()).toEqual(before);
    expect((await sync(dataSource, 'sample', [provider('a'), provider('c')])).counts).toMatchObject({
      inserted: 1,
      updated: 1,
    });
    const between = await rows();
    await migrate(dataSource);
    expect(await rows()).toEqual(between);
    expect((await sync(dataSource, 'sample', [provider('c')])).counts).toMatchObject({ unchanged: 1 });
  });

  it('can all be reverted, which empties the directory, and a sync fills it again', async () => {
    for (const _ of NEXT_MIGRATIONS) await revertLastMigration(dataSource, { losingData: true });
    expect(await migrate(dataSource)).toEqual(NEXT_MIGRATIONS.map(({ name }) => name));
    expect((await sync(dataSource, 'sample', [provider('a')])).counts).toMatchObject({ inserted: 1 });
  });

  it('are not reverted if data would be lost; the error names the data', async () => {
    await dataSource.query(`UPDATE providers SET reviewed_by = 'a reviewer' WHERE title = 'PA'`);
    const before = await rows();
    await expect(revertLastMigration(dataSource, { losingData: false })).rejects.toThrow(
      /^Reverting AddReviews\d+ would lose what is in the column providers\.reviewed_by, the column providers\.review\. /,
    );
    expect(await rows()).toEqual(before);
    expect(await dataSource.query('SELECT reviewed_by FROM providers ORDER BY 1')).toEqual([
      { reviewed_by: 'a reviewer' },
      { reviewed_by: null },
    ]);
  });

  it('name each table whose rows would be lost', async () => {
    for (const _ of NEXT_MIGRATIONS.slice(1)) await revertLastMigration(dataSource, { losingData: true });
    await expect(revertLastMigration(dataSource, { losingData: false })).rejects.toThrow(
      'what is in the table partner_calls, the table provider_changes, the table providers, the table rejected_records, the table sync_runs.',
    );
    expect((await rows()).map((table) => (table as unknown[]).length)).toEqual([2, 2, 1, 1, 1]);
  });

  it('are not reverted by a version that does not know the last one', async () => {
    const older = await withMigrations(dataSource, MIGRATIONS);
    const reverted = revertLastMigration(older, { losingData: true });
    await expect(reverted).rejects.toThrow(/^The last migration, AddReviews\d+, is of a newer version: /);
    expect(await migrate(older)).toEqual([]);
    await older.destroy();
    expect(await pendingMigrations(dataSource)).toEqual([]);
  });

  it('are reverted one at a time if several processes revert at once', async () => {
    const others = await Promise.all([1, 2].map(() => withMigrations(dataSource, NEXT_MIGRATIONS)));
    const reverted = await Promise.all(
      others.map((other) => revertLastMigration(other, { losingData: true })),
    );
    await Promise.all(others.map((other) => other.destroy()));
    expect(new Set(reverted)).toEqual(new Set(NEXT_MIGRATIONS.slice(-2).map(({ name }) => name)));
  });
});

describe('migrations beside saves', () => {
  const store = useStore();

  /** How many sessions of this database wait for a lock. */
  async function waiting(): Promise<number> {
    const [{ count }]: [{ count: number }] = await store.dataSource.query(
      `SELECT count(*)::integer AS count FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return count;
  }

  it('wait for a save that is in progress, and a save that begins meanwhile waits for them', async () => {
    const { dataSource } = store;
    await sync(dataSource, 'sample', [provider('a')], 'first');
    const first = await openedRun(dataSource, { partner: 'first' });
    const runId = await openedRun(dataSource, { partner: 'second' });
    const reverted = new Set<string | null>();
    while (
      !['CountProviders', 'TraceRuns'].every((name) => [...reverted].some((one) => one?.startsWith(name)))
    ) {
      reverted.add(await revertLastMigration(dataSource, { losingData: true }));
    }

    const save = dataSource.createQueryRunner();
    await save.startTransaction();
    await save.query('SELECT FROM sync_runs WHERE id = $1 FOR NO KEY UPDATE', [first]);
    await save.query(`UPDATE providers SET title = 'NP'`);
    const migrated = migrate(dataSource);
    await until(async () => (await waiting()) === 1);
    const saved = saveSync(dataSource, {
      ...{ runId, partner: 'second', feed: 'sample', answer: answer([provider('b')]), calls: [] },
    });
    await until(async () => (await waiting()) === 2);
    await save.commitTransaction();
    await save.release();
    expect(new Set(await migrated)).toEqual(reverted);
    expect(await saved).toMatchObject({ inserted: 1 });
  });
});
