import type { Client } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { endWhenSilentFor } from './connection-silence';
import { TIMEOUTS } from './data-source';

/** One connection in one transaction: TypeORM's view of it and pg's own. */
export interface Transaction {
  readonly runner: QueryRunner;
  readonly client: Client;
}

/**
 * Runs the work in one transaction: all of it is stored or nothing.
 *
 * @param statementTimeoutMs how long each of its statements may take
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  statementTimeoutMs: number,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const client: Client = await runner.connect();
    endWhenSilentFor(client, statementTimeoutMs + TIMEOUTS.silenceAfterStatement);
    try {
      await runner.startTransaction();
      await runner.query(`SET LOCAL statement_timeout = ${statementTimeoutMs}`);
      const result = await work({ runner, client });
      await runner.commitTransaction();
      return result;
    } catch (error) {
      // A rollback fails only together with its connection, which the pool then replaces; the error to
      // report is the first one.
      await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      endWhenSilentFor(client, TIMEOUTS.statement + TIMEOUTS.silenceAfterStatement);
    }
  } finally {
    await runner.release();
  }
}
