import type { Client } from 'pg';
import { type DataSource, QueryFailedError, type QueryRunner } from 'typeorm';
import { TIMEOUTS } from '../../contract/timeouts';
import { EXIT, ExpectedError } from '../../process/expected-error';
import { endWhenSilentFor } from '../postgres/connection-guards';
import { applySessionSettings } from '../postgres/session-settings';

/** Identifies our advisory lock in the database. */
const LOCK_KEY = 7_063_290_811;
/** Milliseconds to wait until another process has migrated, or has released a table. */
const LOCK_TIMEOUT = 120_000;
/** Milliseconds for one statement. To fill or to index a large table takes longer than any statement of a sync. */
const STATEMENT_TIMEOUT = 60 * 60_000;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Runs the work on one connection, while no other process changes the tables.
 *
 * @throws ExpectedError if another process holds the lock for too long
 */
export async function underMigrationLock<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const client: Client = await runner.connect();
    endWhenSilentFor(client, STATEMENT_TIMEOUT + TIMEOUTS.silenceAfterStatement);
    try {
      await lock(runner);
      return await work(runner);
    } finally {
      // If it fails, such as after the connection was lost, the error to report is still that of the work.
      await unlock(runner).catch(() => undefined);
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
  await applySessionSettings(runner);
}
