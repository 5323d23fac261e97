import { type DataSource, MigrationExecutor, type QueryRunner } from 'typeorm';
import { ExpectedError } from '../../process/expected-error';
import { underMigrationLock } from './migration-lock';

/** A table, or one of its columns, under its quoted name. */
interface Part {
  readonly table: string;
  /** Null for the whole table. */
  readonly column: string | null;
}

/**
 * Takes the last migration back and returns its name, or null where there is none.
 *
 * @param losingData whether tables and columns that hold something may go with it
 * @throws ExpectedError naming what would be lost where that is not allowed, or a migration that this version
 * does not know; the tables are then as before
 */
export function revertLastMigration(
  dataSource: DataSource,
  { losingData }: { losingData: boolean },
): Promise<string | null> {
  return underMigrationLock(dataSource, async (runner) => {
    const executor = new MigrationExecutor(dataSource, runner);
    const [last] = await executor.getExecutedMigrations();
    if (!last) return null;
    if (!dataSource.migrations.some((known) => (known.name ?? known.constructor.name) === last.name)) {
      throw new ExpectedError(
        `The last migration, ${last.name}, is of a newer version: revert it with that version.`,
      );
    }
    const going = losingData ? [] : await partsThatGo(runner, executor);
    await runner.manager.transaction(async () => {
      const lost = await partsWithData(runner, going);
      if (lost.length > 0) throw wouldLose(last.name, lost);
      await executor.undoLastMigration();
    });
    return last.name;
  });
}

/** Tries the way back, and undoes that, to see which tables and columns it takes along. */
async function partsThatGo(runner: QueryRunner, executor: MigrationExecutor): Promise<Part[]> {
  const before = await columnsByTable(runner);
  await runner.startTransaction();
  try {
    await executor.undoLastMigration();
    const after = await columnsByTable(runner);
    return [...before].flatMap(([table, columns]): Part[] => {
      const left = after.get(table);
      if (!left) return [{ table, column: null }];
      return columns.filter((column) => !left.includes(column)).map((column) => ({ table, column }));
    });
  } finally {
    await runner.rollbackTransaction();
  }
}

async function columnsByTable(runner: QueryRunner): Promise<ReadonlyMap<string, string[]>> {
  const rows: { table: string; columns: string[] }[] = await runner.query(
    `SELECT quote_ident(table_name) AS table, array_agg(quote_ident(column_name) ORDER BY ordinal_position) AS columns
     FROM information_schema.columns WHERE table_schema = current_schema()
     GROUP BY table_name ORDER BY table_name`,
  );
  return new Map(rows.map(({ table, columns }) => [table, columns]));
}

/** Those of the parts that hold something; nobody can write to their tables until the transaction ends. */
async function partsWithData(runner: QueryRunner, parts: readonly Part[]): Promise<Part[]> {
  const withData: Part[] = [];
  for (const part of parts) {
    await runner.query(`LOCK TABLE ${part.table} IN ACCESS EXCLUSIVE MODE`);
    const condition = part.column === null ? 'true' : `${part.column} IS NOT NULL`;
    const [{ exists }]: [{ exists: boolean }] = await runner.query(
      `SELECT EXISTS (SELECT FROM ${part.table} WHERE ${condition}) AS exists`,
    );
    if (exists) withData.push(part);
  }
  return withData;
}

function wouldLose(migration: string, lost: readonly Part[]): ExpectedError {
  const names = lost.map(({ table, column }) =>
    column === null ? `the table ${table}` : `the column ${table}.${column}`,
  );
  return new ExpectedError(
    `Reverting ${migration} would lose what is in ${names.join(', ')}. Back the database up, then add --yes.`,
  );
}
