import type { Client } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { TIMEOUTS } from '../../contract/timeouts';
import { endWhenSilentFor } from './connection-guards';
import { StoreConnectionError } from './store-failure';

/** One connection in one transaction: TypeORM's view of it and pg's own. */
export interface Transaction {
  readonly runner: QueryRunner;
  readonly client: Client;
}

/**
 * Runs the work in one transaction: all of it is stored or nothing.
 *
 * @param statementTimeoutMs how long each of its statements may take
 * @param signal cuts the connection, and with it what the server is doing, at once
 * @throws StoreConnectionError when the connection was lost, whatever the work threw because of it
 * @throws the signal's reason where it ended the work
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
      // A rollback fails only together with its connection, which the pool then replaces; the error to
      // report is the first one.
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

/** For this transaction; older than Postgres 14, a server notices only at a statement's end that its client is gone. */
async function limit(runner: QueryRunner, statementTimeoutMs: number): Promise<void> {
  await runner.query(
    `SELECT set_config('statement_timeout', $1, true),
       CASE WHEN current_setting('client_connection_check_interval', true) IS NOT NULL
         THEN set_config('client_connection_check_interval', $2, true) END`,
    [String(statementTimeoutMs), String(TIMEOUTS.clientGone)],
  );
}
