import type { Transaction } from '../postgres/transaction';

/**
 * Called after a replay was stored. It judged all records of the answer again. So the records that the earlier run, and
 * earlier replays of it, rejected are resolved. One that is rejected again keeps its time and its dismissal.
 *
 * @param replay our id of the run that replays
 */
export async function replaceRejected({ runner }: Transaction, replay: string): Promise<void> {
  await runner.query(
    `WITH source AS (SELECT replay_of AS id FROM sync_runs WHERE id = $1), earlier AS (
       SELECT run_id, position, reason, field, created_at, dismissed_at, dismissed_by, dismissed_reason
       FROM rejected_records
       WHERE resolved_by_run IS NULL AND run_id <> $1 AND run_id IN (
         SELECT id FROM source
         UNION
         SELECT sync_runs.id FROM sync_runs JOIN source ON replay_of = source.id)
       ORDER BY run_id, position
       FOR NO KEY UPDATE
     ), resolved AS (
       UPDATE rejected_records SET resolved_by_run = $1 FROM earlier
       WHERE rejected_records.run_id = earlier.run_id AND rejected_records.position = earlier.position
     )
     UPDATE rejected_records again
     SET created_at = earlier.created_at, dismissed_at = earlier.dismissed_at,
       dismissed_by = earlier.dismissed_by, dismissed_reason = earlier.dismissed_reason
     FROM earlier
     WHERE again.run_id = $1 AND again.position = earlier.position AND again.reason = earlier.reason
       AND again.field IS NOT DISTINCT FROM earlier.field`,
    [replay],
  );
}
