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

/** Enough for the longest back-off. */
const MOST_FAILURES = 20;

/** A failed run. */
export interface FailedRun {
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** The partner's failed runs since the last one that succeeded, at most 20, the latest first. Replays are ignored. */
export async function readFailures(dataSource: DataSource, partner: string): Promise<FailedRun[]> {
  return dataSource.query(
    `SELECT started_at AS "startedAt", finished_at AS "finishedAt"
     FROM (
       SELECT started_at, finished_at, bool_and(status = 'failed') OVER (ORDER BY started_at DESC, id DESC) AS unbroken
       FROM (
         SELECT id, status, started_at, finished_at FROM sync_runs
         WHERE partner = $1 AND status IN ('succeeded', 'failed') AND replay_of IS NULL
         ORDER BY started_at DESC, id DESC
         LIMIT $2
       ) latest
     ) ended
     WHERE unbroken ORDER BY started_at DESC`,
    [partner, MOST_FAILURES],
  );
}

/**
 * Whether the partner's last run that succeeded or failed before this one had failed, in SQL. Replays are ignored.
 *
 * @param run the parameter with our id of this run
 */
export function hadFailedBefore(partner: string, run: string): string {
  return `(
    SELECT before.status = 'failed' FROM sync_runs before
    WHERE before.partner = ${partner} AND before.status IN ('succeeded', 'failed') AND before.replay_of IS NULL
      AND before.id <> ${run}
    ORDER BY before.started_at DESC, before.id DESC
    LIMIT 1) IS TRUE`;
}
