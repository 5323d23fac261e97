import { type DataSource, MigrationExecutor } from 'typeorm';
import { MIGRATIONS } from '../schema/migrations';
import { underMigrationLock } from './migration-lock';
import { prepareDatabase } from './prepare-database';

/**
 * Brings the tables to this version, all migrations or none, and returns the names of those that ran.
 * Several processes may do so at once: one of them works, the others wait and find nothing left to do.
 *
 * @throws ExpectedError where the database cannot take them
 */
export function migrate(dataSource: DataSource): Promise<string[]> {
  return underMigrationLock(dataSource, async (runner) => {
    await prepareDatabase(runner);
    const executed = await new MigrationExecutor(dataSource, runner).executePendingMigrations();
    return executed.map((migration) => migration.name);
  });
}

/**
 * The names of migrations that this version has and the database has not; only reads.
 */
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
