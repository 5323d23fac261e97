import type { DataSource } from 'typeorm';

/** Runs whose copies are removed with one statement. */
const RUNS = 20;

/**
 * Removes the copies of answers whose time is over, a few runs at a time.
 *
 * @param notKept the partners whose answers are not kept any more
 */
export async function removeOldAnswers(dataSource: DataSource, notKept: readonly string[]): Promise<void> {
  for (;;) {
    const [{ removed }]: [{ removed: number }] = await dataSource.query(
      `WITH old AS (
         SELECT id FROM sync_runs
         WHERE answer_kept_until < now() OR (answer_kept_until IS NOT NULL AND partner = ANY ($1))
         ORDER BY answer_kept_until LIMIT ${RUNS} FOR NO KEY UPDATE SKIP LOCKED
       ), parts AS (
         DELETE FROM kept_answers WHERE run_id IN (SELECT id FROM old)
       ), ended AS (
         UPDATE sync_runs SET answer_kept_until = NULL FROM old WHERE sync_runs.id = old.id RETURNING sync_runs.id
       )
       SELECT count(*)::integer AS removed FROM ended`,
      [notKept],
    );
    if (removed < RUNS) return;
  }
}
