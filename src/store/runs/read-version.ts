import type { DataSource } from 'typeorm';
import type { RunWithCalls } from './read-runs';

/** Runs that a list shows first; what changes further down is not worth a new look. */
const LATEST = 50;

/** How the approval of a run's snapshot stands; empty where it needs none. */
const APPROVAL = `CASE WHEN approval_requested_at IS NULL THEN '' ELSE coalesce(approval_verdict, 'awaited') END`;

/** Changes whenever one of the latest runs begins, waits for an approval, or ends. */
export async function readRunsVersion(dataSource: DataSource): Promise<string> {
  const [row] = await dataSource.query<[{ version: string | null }]>(
    `SELECT md5(string_agg(id::text || status || approval, ',')) AS version
     FROM (SELECT id, status, ${APPROVAL} AS approval FROM sync_runs ORDER BY started_at DESC, id DESC LIMIT ${LATEST}) latest`,
  );
  return row.version ?? '';
}

/** What {@link readRunVersion} gives for a run that was read as this. */
export function versionOf({ status, calls, approval }: RunWithCalls): string {
  return `${status}-${calls.length}-${approval ? (approval.decision?.verdict ?? 'awaited') : ''}`;
}

/** Changes whenever the run ends, makes a call or waits for an approval; `pending` before a worker has opened it. */
export async function readRunVersion(dataSource: DataSource, id: string): Promise<string> {
  const [row] = await dataSource.query<[{ version: string }?]>(
    `SELECT status || '-' || (SELECT count(*) FROM partner_calls WHERE run_id = sync_runs.id)
       || '-' || ${APPROVAL} AS version
     FROM sync_runs WHERE id = $1`,
    [id],
  );
  return row?.version ?? 'pending';
}

/** Whether a version was that of a run that goes on. */
export function isOngoing(version: string): boolean {
  return version === 'pending' || version.startsWith('running-');
}
