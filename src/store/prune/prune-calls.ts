import type { DataSource } from 'typeorm';

/** Calls that are removed with one statement, unless one run has more. */
const CALLS = 2_000;
/** Runs whose calls are counted for one statement. */
const RUNS = 500;

/**
 * Removes the calls of the runs that ended longest ago: all calls of a run, or none.
 *
 * @param before the runs that ended before this moment
 * @returns the number of calls; `isDone` if no such run has calls
 */
export async function pruneCalls(
  dataSource: DataSource,
  before: Date,
): Promise<{ removed: number; isDone: boolean }> {
  const [{ runs, removed }]: [{ runs: number; removed: number }] = await dataSource.query(
    `WITH old AS MATERIALIZED (
       SELECT id, finished_at FROM sync_runs
       WHERE finished_at < $1 AND calls_removed_at IS NULL
       ORDER BY finished_at LIMIT ${RUNS} FOR NO KEY UPDATE SKIP LOCKED
     ), counted AS (
       SELECT id, row_number() OVER runs AS place, sum(calls) OVER runs AS total
       FROM old CROSS JOIN LATERAL (
         SELECT count(*) AS calls FROM partner_calls WHERE run_id = old.id) counts
       WINDOW runs AS (ORDER BY finished_at, id)
     ), chosen AS MATERIALIZED (
       SELECT id FROM counted WHERE total <= ${CALLS} OR place = 1
     ), removed AS (
       DELETE FROM partner_calls USING chosen WHERE run_id = chosen.id RETURNING 1
     ), noted AS (
       UPDATE sync_runs SET calls_removed_at = now() FROM chosen WHERE sync_runs.id = chosen.id RETURNING 1
     )
     SELECT (SELECT count(*) FROM noted)::integer AS runs, (SELECT count(*) FROM removed)::integer AS removed`,
    [before],
  );
  return { removed, isDone: runs === 0 };
}

/** The number of calls that {@link pruneCalls} would remove. */
export async function countOldCalls(dataSource: DataSource, before: Date): Promise<number> {
  const [{ count }]: [{ count: number }] = await dataSource.query(
    `SELECT count(*)::integer AS count FROM sync_runs JOIN partner_calls ON partner_calls.run_id = sync_runs.id
     WHERE finished_at < $1 AND calls_removed_at IS NULL`,
    [before],
  );
  return count;
}
