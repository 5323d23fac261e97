import type { DataSource } from 'typeorm';
import { inTransaction } from '../postgres/transaction';

/** With this memory and this number of rows, Postgres writes a temporary file of about half a megabyte. */
const SPILL = ['64kB', 20_000] as const;

/**
 * Writes to Postgres and leaves nothing in a table. It writes temporary files in the tablespaces of the tables, which
 * fails on a full disk, and commits a message to the write-ahead log.
 *
 * @param tablespaces in addition to the database's own
 * @param timeoutMs for each statement
 * @throws the driver's errors if something cannot be written
 */
export async function probeWriting(
  dataSource: DataSource,
  tablespaces: readonly string[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const [memory, rows] = SPILL;
  await inTransaction(
    dataSource,
    timeoutMs,
    async ({ runner }) => {
      await runner.query(`SELECT set_config('work_mem', $1, true)`, [memory]);
      for (const tablespace of ['', ...tablespaces]) {
        await runner.query(
          `SELECT set_config('temp_tablespaces', CASE $1 WHEN '' THEN '' ELSE quote_ident($1) END, true)`,
          [tablespace],
        );
        await runner.query('SELECT count(*) FROM generate_series(1, $1::integer)', [rows]);
      }
      await runner.query(`SELECT pg_logical_emit_message(true, 'provider-sync', 'health')`);
    },
    { signal },
  );
}
