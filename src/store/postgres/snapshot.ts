import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { TIMEOUTS } from '../../contract/timeouts';
import { endWhenSilentFor } from './connection-guards';

/** Executes queries: on any connection of the pool, or on the connection of a snapshot. */
export type Reader = Pick<DataSource, 'query'>;

/** The database as it was at one moment. A snapshot has its own connection. */
export interface Snapshot {
  read<T>(query: (reader: Reader) => Promise<T>): Promise<T>;
  /** Returns the connection to the pool after the current query. May be called more than once. */
  close(): Promise<void>;
}

/** Half of the pool is in use by snapshots; the rest is reserved. */
export class TooManySnapshotsError extends Error {
  override readonly name = 'TooManySnapshotsError';
}

const open = new WeakMap<DataSource, number>();

/**
 * Opens a transaction that sees the current data, whatever is written later. Snapshots use at most half of the pool's
 * connections, so that other queries always find one.
 *
 * @throws TooManySnapshotsError
 */
export async function openSnapshot(dataSource: DataSource): Promise<Snapshot> {
  const count = open.get(dataSource) ?? 0;
  const { poolSize = 1 } = dataSource.options;
  if (count >= Math.max(1, Math.floor(poolSize / 2))) throw new TooManySnapshotsError();
  open.set(dataSource, count + 1);
  const runner = dataSource.createQueryRunner();
  let client: Client | undefined;
  let ended: Promise<void> | undefined;

  const end = async () => {
    if (client) endWhenSilentFor(client, usualSilence());
    // It fails only if the connection is lost; the pool then replaces the connection.
    await runner.query('ROLLBACK').catch(() => undefined);
    await runner.release();
    open.set(dataSource, (open.get(dataSource) ?? 1) - 1);
  };
  const close = () => {
    ended ??= end();
    return ended;
  };
  try {
    const connected: Client = await runner.connect();
    client = connected;
    await runner.query('START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    await runner.query(`SELECT set_config('idle_in_transaction_session_timeout', $1, true)`, [
      String(TIMEOUTS.export),
    ]);
    return {
      close,
      async read(query) {
        endWhenSilentFor(connected, usualSilence());
        const result = await query(runner.manager);
        // Until the next query the connection is silent, however long the reader takes for these rows.
        if (!ended) endWhenSilentFor(connected, 0);
        return result;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function usualSilence(): number {
  return TIMEOUTS.statement + TIMEOUTS.silenceAfterStatement;
}
