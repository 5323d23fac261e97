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
 * Settings of a transaction whose statements read few rows, however large the tables are. Their plans are kept, and must
 * not read a whole table because the table was small when the plan was made.
 */
const LOOKUPS = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_material: 'off',
  jit: 'off',
  plan_cache_mode: 'force_generic_plan',
};

export interface TransactionOptions {
  /** Cuts the connection at once, and so ends the statement that the server executes. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the statements read few rows, each by an index. */
  readonly looksUp?: boolean;
}

/**
 * Runs the work in one transaction: all of it is stored, or nothing.
 *
 * @param statementTimeoutMs how long each statement may take
 * @throws StoreConnectionError if the connection was lost, whatever error the work threw because of this
 * @throws the signal's reason if the signal ended the work
 */
export async function inTransaction<T>(
  dataSource: DataSource,
  statementTimeoutMs: number,
  work: (transaction: Transaction) => Promise<T>,
  { signal, looksUp = false }: TransactionOptions = {},
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const client: Client = await runner.connect();
    const cut = () => client.connection.stream.destroy();
    signal?.addEventListener('abort', cut);
    endWhenSilentFor(client, statementTimeoutMs + TIMEOUTS.silenceAfterStatement);
    try {
      signal?.throwIfAborted();
      await runner.query(begin(statementTimeoutMs, looksUp));
      const result = await work({ runner, client });
      await runner.query('COMMIT');
      return result;
    } catch (cause) {
      const error = client.connection.stream.destroyed ? new StoreConnectionError(cause) : cause;
      // A rollback fails only if the connection is lost; the pool then replaces the connection. The error to report
      // is the first one.
      await runner.query('ROLLBACK').catch(() => undefined);
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

/** Begins a transaction with its settings, in one round trip. */
function begin(statementTimeoutMs: number, looksUp: boolean): string {
  const settings = Object.entries({ statement_timeout: statementTimeoutMs, ...(looksUp && LOOKUPS) });
  return ['START TRANSACTION', ...settings.map(([name, value]) => `SET LOCAL ${name} = ${value}`)].join('; ');
}
