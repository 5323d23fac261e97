import type { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { TIMEOUTS } from '../../contract/timeouts';
import { endWhenSilentFor } from './connection-guards';

/** What a query can be asked of: any connection of the pool, or the one of a snapshot. */
export type Reader = Pick<DataSource, 'query'>;

/** The database as it was at one moment, on a connection of its own. */
export interface Snapshot {
  read<T>(query: (reader: Reader) => Promise<T>): Promise<T>;
  /** Gives the connection back, after what is being read; may be called more than once. */
  close(): Promise<void>;
}

/** So many snapshots of a pool are open that it gives none of its other connections. */
export class TooManySnapshotsError extends Error {
  override readonly name = 'TooManySnapshotsError';
}

const open = new WeakMap<DataSource, number>();

/**
 * Opens a transaction that sees what is there now, whatever is written meanwhile. Half of the pool's
 * connections can be taken so; the others are left to everybody else.
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
    // It fails only together with its connection, which the pool then replaces.
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
        // From here to the next query there is silence for as long as somebody takes for what was read.
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
