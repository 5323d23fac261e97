import type { Client } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { TIMEOUTS } from '../../contract/timeouts';
import { endWhenSilentFor } from './connection-guards';
import { StoreConnectionError } from './store-failure';

/** One connection in one transaction, as TypeORM's runner and as pg's client. */
export interface Transaction {
  readonly runner: QueryRunner;
  readonly client: Client;
}

/**
 * Runs the work in one transaction: all of it is stored, or nothing.
 *
 * @param statementTimeoutMs how long each statement may take
 * @param signal cuts the connection at once, and so ends the statement that the server executes
 * @throws StoreConnectionError if the connection was lost, whatever error the work threw because of this
 * @throws the signal's reason if the signal ended the work
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  statementTimeoutMs: number,
  work: (transaction: Transaction) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const client: Client = await runner.connect();
    const cut = () => client.connection.stream.destroy();
    signal?.addEventListener('abort', cut);
    endWhenSilentFor(client, statementTimeoutMs + TIMEOUTS.silenceAfterStatement);
    try {
      signal?.throwIfAborted();
      await runner.startTransaction();
      await limit(runner, statementTimeoutMs);
      const result = await work({ runner, client });
      await runner.commitTransaction();
      return result;
    } catch (cause) {
      const error = client.connection.stream.destroyed ? new StoreConnectionError(cause) : cause;
      // A rollback fails only if the connection is lost; the pool then replaces the connection. The error to report
      // is the first one.
      await runner.rollbackTransaction().catch(() => undefined);
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', cut);
      endWhenSilentFor(client, TIMEOUTS.statement + TIMEOUTS.silenceAfterStatement);
    }
  } finally {
    await runner.release();
  }
}

/** Applies to this transaction only. Before Postgres 14, a server notices a lost client only after the statement. */
async function limit(runner: QueryRunner, statementTimeoutMs: number): Promise<void> {
  await runner.query(
    `SELECT set_config('statement_timeout', $1, true),
       CASE WHEN current_setting('client_connection_check_interval', true) IS NOT NULL
         THEN set_config('client_connection_check_interval', $2, true) END`,
    [String(statementTimeoutMs), String(TIMEOUTS.clientGone)],
  );
}
