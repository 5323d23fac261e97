import type { Client } from 'pg';
import { type DataSource, MigrationExecutor, QueryFailedError, type QueryRunner } from 'typeorm';
import { EXIT, ExpectedError } from '../process/expected-error';
import { endWhenSilentFor } from './connection-silence';
import { TIMEOUTS } from './data-source';
import { MIGRATIONS } from './migrations';

/** Ours alone among the advisory locks of the database. */
const LOCK_KEY = 7_063_290_811;
/** Milliseconds that another process may take to migrate, or to let go of a table, before we give up. */
const LOCK_TIMEOUT = 120_000;
/** Milliseconds for one statement: filling or indexing a large table takes longer than any of a sync. */
const STATEMENT_TIMEOUT = 60 * 60_000;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Brings the tables to this version, all migrations or none, and returns the names of those that ran.
 * Several processes may do so at once: one of them works, the others wait and find nothing left to do.
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const client: Client = await runner.connect();
    endWhenSilentFor(client, STATEMENT_TIMEOUT + TIMEOUTS.silenceAfterStatement);
    try {
      await lock(runner);
      const executed = await new MigrationExecutor(dataSource, runner).executePendingMigrations();
      return executed.map((migration) => migration.name);
    } finally {
      await unlock(runner);
      endWhenSilentFor(client, TIMEOUTS.statement + TIMEOUTS.silenceAfterStatement);
    }
  } finally {
    await runner.release();
  }
}

async function lock(runner: QueryRunner): Promise<void> {
  await runner.query(`SET statement_timeout = ${STATEMENT_TIMEOUT}`);
  await runner.query(`SET lock_timeout = ${LOCK_TIMEOUT}`);
  try {
    await runner.query(`SELECT pg_advisory_lock(${LOCK_KEY})`);
  } catch (error) {
    if (!(error instanceof QueryFailedError) || error.driverError.code !== LOCK_NOT_AVAILABLE) throw error;
    throw new ExpectedError(
      `Another process has been migrating this database for ${LOCK_TIMEOUT / 1000} s: wait until it is done, or end it.`,
      EXIT.failed,
    );
  }
}

async function unlock(runner: QueryRunner): Promise<void> {
  await runner.query(`SELECT pg_advisory_unlock(${LOCK_KEY})`);
  await runner.query(`RESET lock_timeout`);
  await runner.query(`RESET statement_timeout`);
}

/** The names of migrations that this version has and the database has not; only reads. */
export async function pendingMigrations(dataSource: DataSource): Promise<string[]> {
  const { migrationsTableName } = dataSource.options;
  const [{ exists }]: [{ exists: boolean }] = await dataSource.query(
    `SELECT to_regclass($1) IS NOT NULL AS exists`,
    [migrationsTableName],
  );
  const executed: { name: string }[] = exists
    ? await dataSource.query(`SELECT name FROM ${migrationsTableName}`)
    : [];
  const names = new Set(executed.map(({ name }) => name));
  return MIGRATIONS.map(({ name }) => name).filter((name) => !names.has(name));
}
