import { type DataSource, MigrationExecutor } from 'typeorm';
import { MIGRATIONS } from '../schema/migrations';
import { underMigrationLock } from './migration-lock';
import { prepareDatabase } from './prepare-database';

/**
 * Brings the tables to this version: it runs all pending migrations or none. Several processes may call this at once.
 * One of them works; the others wait and find nothing left to do.
 *
 * @returns the names of the migrations that ran
 * @throws ExpectedError if the database cannot hold the tables
 */
export function migrate(dataSource: DataSource): Promise<string[]> {
  return underMigrationLock(dataSource, async (runner) => {
    await prepareDatabase(runner);
    const executed = await new MigrationExecutor(dataSource, runner).executePendingMigrations();
    return executed.map((migration) => migration.name);
  });
}

/** The names of the migrations of this version that the database lacks. Only reads. */
export async function pendingMigrations(
  dataSource: DataSource,
  reader: Pick<DataSource, 'query'> = dataSource,
): Promise<string[]> {
  const { migrationsTableName } = dataSource.options;
  const [{ exists }]: [{ exists: boolean }] = await reader.query(
    `SELECT to_regclass($1) IS NOT NULL AS exists`,
    [migrationsTableName],
  );
  const executed: { name: string }[] = exists
    ? await reader.query(`SELECT name FROM ${migrationsTableName}`)
    : [];
  const names = new Set(executed.map(({ name }) => name));
  return MIGRATIONS.map(({ name }) => name).filter((name) => !names.has(name));
}
