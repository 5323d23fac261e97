import type { DataSource } from 'typeorm';

/** The times at which the first and the last of several failed runs in a row ended. */
export interface FailingStreak {
  readonly first: Date;
  readonly last: Date;
}

/**
 * The streak of the partner's last `length` runs; null unless all of them failed. Skipped, cancelled and abandoned runs,
 * and replays, are ignored.
 */
export async function findFailingStreak(
  dataSource: DataSource,
  partner: string,
  length: number,
): Promise<FailingStreak | null> {
  const [streak]: [FailingStreak?] = await dataSource.query(
    `SELECT min(finished_at) AS first, max(finished_at) AS last
     FROM (
       SELECT status, finished_at FROM sync_runs
       WHERE partner = $1 AND status IN ('succeeded', 'failed') AND replay_of IS NULL
       ORDER BY started_at DESC, id DESC
       LIMIT $2
     ) ended
     HAVING count(*) = $2 AND bool_and(status = 'failed')`,
    [partner, length],
  );
  return streak ?? null;
}
