import { type DataSource, MigrationExecutor, type MigrationInterface, type QueryRunner } from 'typeorm';
import { ExpectedError } from '../../process/expected-error';
import { underMigrationLock } from './migration-lock';

/** A migration that may create tables whose rows it computes from others, such as counts. */
interface DerivingMigration extends MigrationInterface {
  /** Their quoted names. They may be dropped with their rows. */
  readonly derivedTables?: readonly string[];
}

/** A table, or one of its columns, under its quoted name. */
interface Part {
  readonly table: string;
  /** Null for the whole table. */
  readonly column: string | null;
}

/**
 * Reverts the last migration. After an error the tables are as before.
 *
 * @param losingData whether tables and columns with data that cannot be computed again may be dropped
 * @returns the name of the migration; null if there is none
 * @throws ExpectedError if data would be lost and this is not allowed, or if this version does not know the migration
 */
export function revertLastMigration(
  dataSource: DataSource,
  { losingData }: { losingData: boolean },
): Promise<string | null> {
  return underMigrationLock(dataSource, async (runner) => {
    const executor = new MigrationExecutor(dataSource, runner);
    const [last] = await executor.getExecutedMigrations();
    if (!last) return null;
    const migration: DerivingMigration | undefined = dataSource.migrations.find(
      (known) => (known.name ?? known.constructor.name) === last.name,
    );
    if (!migration) {
      throw new ExpectedError(
        `The last migration, ${last.name}, is of a newer version: revert it with that version.`,
      );
    }
    const dropped = losingData ? [] : await droppedParts(runner, executor);
    const computed = new Set(migration.derivedTables);
    const parts = dropped.filter(({ table }) => !computed.has(table));
    await runner.manager.transaction(async () => {
      const lost = await partsWithData(runner, parts);
      if (lost.length > 0) throw wouldLose(last.name, lost);
      await executor.undoLastMigration();
    });
    return last.name;
  });
}

/** Reverts the migration in a transaction that is rolled back, to see which tables and columns it drops. */
async function droppedParts(runner: QueryRunner, executor: MigrationExecutor): Promise<Part[]> {
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
    // It fails only if the connection is lost. The error to report is the first one.
    await runner.rollbackTransaction().catch(() => undefined);
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

/** The parts that hold data. Their tables stay locked until the transaction ends, so that no data is added. */
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
