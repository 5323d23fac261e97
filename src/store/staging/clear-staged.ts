import type { DataSource } from 'typeorm';
import { TIMEOUTS } from '../../contract/timeouts';
import { inTransaction } from '../postgres/transaction';

/** Removes the staged pages and records of all runs that have ended. */
export async function clearStaged(dataSource: DataSource): Promise<void> {
  await clear(dataSource, null, TIMEOUTS.saveStatement);
}

/**
 * Removes those of one run as soon as it has ended. The end is already recorded, so an error is not reported: the sweep
 * of each worker removes what is left, and reports.
 *
 * @param runId our id of the run
 */
export async function clearStagedOf(dataSource: DataSource, runId: string): Promise<void> {
  await clear(dataSource, runId, TIMEOUTS.statement).catch(() => undefined);
}

async function clear(dataSource: DataSource, runId: string | null, timeoutMs: number): Promise<void> {
  await inTransaction(dataSource, timeoutMs, ({ runner }) =>
    runner.query(
      `WITH ended AS (
         DELETE FROM staged_pages pages USING sync_runs
         WHERE sync_runs.id = pages.run_id AND status <> 'running' AND ($1::uuid IS NULL OR sync_runs.id = $1)
         RETURNING pages.run_id
       )
       DELETE FROM staged_records WHERE run_id IN (SELECT run_id FROM ended)`,
      [runId],
    ),
  );
}
