import type { DataSource } from 'typeorm';
import type { PrunePlace } from '../../contract/prune';
import { isGood } from '../runs/good-run';

/** Runs that one statement looks at. */
const RUNS = 500;

const FIRST: PrunePlace = { startedAt: '-infinity', id: '00000000-0000-0000-0000-000000000000' };

/**
 * The condition in SQL of a run that can be removed: it ended before `$1`, it is neither the latest run nor the latest
 * good run of its partner, and nothing that is kept names it. The changes of the directory name the runs that made them.
 *
 * @param rejected the condition of the rejected records that are kept
 */
const isUnused = (rejected: string) => `
  run.finished_at < $1
  AND EXISTS (
    SELECT FROM sync_runs later
    WHERE later.partner = run.partner AND (later.started_at, later.id) > (run.started_at, run.id))
  AND NOT (${isGood('run')} AND NOT EXISTS (
    SELECT FROM sync_runs later
    WHERE later.partner = run.partner AND later.finished_at > run.finished_at AND ${isGood('later')}))
  AND NOT EXISTS (SELECT FROM provider_changes WHERE run_id = run.id)
  AND NOT EXISTS (SELECT FROM providers WHERE first_run_id = run.id)
  AND NOT EXISTS (SELECT FROM rejected_records WHERE run_id = run.id AND ${rejected})
  AND NOT EXISTS (SELECT FROM kept_answers WHERE run_id = run.id)
  AND NOT EXISTS (SELECT FROM staged_pages WHERE run_id = run.id)
  AND NOT EXISTS (SELECT FROM pending_departures WHERE run_id = run.id)
  AND NOT EXISTS (SELECT FROM sync_runs other WHERE other.holder_id = run.id)
  AND NOT EXISTS (SELECT FROM sync_runs other WHERE other.replay_of = run.id)`;

/**
 * Looks at the next runs in the order of their start. It removes those that nothing names, with their calls and what
 * operators did to them. A run that another run names is removed in a later pass, after that other run.
 *
 * @param before the runs that began and ended before this moment
 */
export async function pruneRuns(
  dataSource: DataSource,
  before: Date,
  after: PrunePlace = FIRST,
): Promise<{ removed: number; isDone: boolean; after: PrunePlace }> {
  const [{ removed, seen, startedAt, id }]: [{ removed: number; seen: number } & PrunePlace] =
    await dataSource.query(
      `WITH seen AS MATERIALIZED (
         SELECT id, started_at FROM sync_runs
         WHERE started_at < $1 AND (started_at, id) > ($2::timestamptz, $3::uuid)
         ORDER BY started_at, id LIMIT ${RUNS}
       ), unused AS MATERIALIZED (
         SELECT run.id FROM seen JOIN sync_runs run ON run.id = seen.id
         WHERE ${isUnused('true')}
         FOR UPDATE OF run SKIP LOCKED
       ), calls AS (
         DELETE FROM partner_calls USING unused WHERE run_id = unused.id
       ), actions AS (
         DELETE FROM operator_actions USING unused WHERE run_id = unused.id
       ), removed AS (
         DELETE FROM sync_runs USING unused WHERE sync_runs.id = unused.id RETURNING 1
       )
       SELECT (SELECT count(*) FROM removed)::integer AS removed, (SELECT count(*) FROM seen)::integer AS seen,
         (SELECT started_at::text FROM seen ORDER BY started_at DESC, id DESC LIMIT 1) AS "startedAt",
         (SELECT id FROM seen ORDER BY started_at DESC, id DESC LIMIT 1) AS id`,
      [before, after.startedAt, after.id],
    );
  const isDone = seen < RUNS;
  return { removed, isDone, after: seen === 0 ? after : { startedAt, id } };
}

/** The number of runs that {@link pruneRuns} would remove once the old rejected records are removed. */
export async function countUnusedRuns(dataSource: DataSource, before: Date): Promise<number> {
  const [{ count }]: [{ count: number }] = await dataSource.query(
    `SELECT count(*)::integer AS count FROM sync_runs run
     WHERE run.started_at < $1 AND ${isUnused('created_at >= $1')}`,
    [before],
  );
  return count;
}
