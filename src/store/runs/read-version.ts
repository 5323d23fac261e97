import type { DataSource } from 'typeorm';
import type { Reader } from '../postgres/snapshot';
import type { RunWithCalls } from './read-runs';

/*
 * Values that change when a run begins, ends, or does something that a reader shows. A reader compares two of them
 * to know whether what it has read is still true.
 */

/** Only the runs that a list shows first: a change further down is not worth a new look. */
const LATEST = 50;

/** The state of the approval of a run's snapshot; empty if the run needs none. */
const APPROVAL = `CASE WHEN approval_requested_at IS NULL THEN '' ELSE coalesce(approval_verdict, 'awaited') END`;

/**
 * The WITH of a query over every partner that ever had a run. To find these few names, Postgres would read all runs;
 * this looks up each name in the index.
 */
export const WITH_PARTNERS = `
  WITH RECURSIVE found (partner) AS (
    SELECT min(partner) FROM sync_runs
    UNION ALL
    SELECT (SELECT min(partner) FROM sync_runs WHERE sync_runs.partner > found.partner)
    FROM found WHERE found.partner IS NOT NULL
  ), partners AS (
    SELECT partner FROM found WHERE partner IS NOT NULL
  )`;

/** Changes when one of the latest runs begins, waits for an approval, or ends. */
export async function readRunsVersion(dataSource: DataSource): Promise<string> {
  const [row] = await dataSource.query<[{ version: string | null }]>(
    `SELECT md5(string_agg(id::text || status || approval, ',')) AS version
     FROM (SELECT id, status, ${APPROVAL} AS approval FROM sync_runs ORDER BY started_at DESC, id DESC LIMIT ${LATEST}) latest`,
  );
  return row.version ?? '';
}

/** Changes when the run makes a call, stages a page, waits for an approval, or ends; `pending` until a worker has opened the run. */
export async function readRunVersion(dataSource: DataSource, id: string): Promise<string> {
  const [row] = await dataSource.query<[{ version: string }?]>(
    `SELECT status || '-' || (SELECT count(*) FROM partner_calls calls WHERE calls.run_id = sync_runs.id)
       || '-' || CASE WHEN status = 'running'
         THEN (SELECT count(*) FROM staged_pages pages WHERE pages.run_id = sync_runs.id) ELSE 0 END
       || '-' || ${APPROVAL} AS version
     FROM sync_runs WHERE id = $1`,
    [id],
  );
  return row?.version ?? 'pending';
}

/** The version that {@link readRunVersion} returned when the run was read. */
export function versionOf({ status, callCounts, progress, approval }: RunWithCalls): string {
  return `${status}-${callCounts.total}-${progress?.pages ?? 0}-${approval ? (approval.decision?.verdict ?? 'awaited') : ''}`;
}

/** Whether the run of this version had not ended. */
export function isOngoing(version: string): boolean {
  return version === 'pending' || version.startsWith('running-');
}

/**
 * The time up to which a reader sees every change now, in ISO 8601, UTC. A change has the time at which its save
 * began, and becomes visible when that save ends; each running run may be saving. The time stays the same until a
 * run begins or ends.
 */
export async function readCompleteUntil(reader: Reader): Promise<string> {
  const [{ moment }]: [{ moment: Date }] = await reader.query(
    `${WITH_PARTNERS}
     SELECT coalesce(
       (SELECT min(started_at) FROM sync_runs WHERE status = 'running'),
       (SELECT max(last.finished_at) FROM partners CROSS JOIN LATERAL (
          SELECT finished_at FROM sync_runs
          WHERE sync_runs.partner = partners.partner AND status = 'succeeded'
          ORDER BY finished_at DESC LIMIT 1) last),
       date_trunc('milliseconds', now())) AS moment`,
  );
  return moment.toISOString();
}
