import type { DataSource } from 'typeorm';
import type { RunWithCalls } from './read-runs';

/** Runs that a list shows first; what changes further down is not worth a new look. */
const LATEST = 50;

/** Changes whenever one of the latest runs begins or ends. */
export async function readRunsVersion(dataSource: DataSource): Promise<string> {
  const [row] = await dataSource.query<[{ version: string | null }]>(
    `SELECT md5(string_agg(id::text || status, ',')) AS version
     FROM (SELECT id, status FROM sync_runs ORDER BY started_at DESC, id DESC LIMIT ${LATEST}) latest`,
  );
  return row.version ?? '';
}

/** What {@link readRunVersion} gives for a run that was read as this. */
export function versionOf({ status, calls }: RunWithCalls): string {
  return `${status}-${calls.length}`;
}

/** Changes whenever the run ends or makes a call; `pending` before a worker has opened it. */
export async function readRunVersion(dataSource: DataSource, id: string): Promise<string> {
  const [row] = await dataSource.query<[{ version: string }?]>(
    `SELECT status || '-' || (SELECT count(*) FROM partner_calls WHERE run_id = sync_runs.id) AS version
     FROM sync_runs WHERE id = $1`,
    [id],
  );
  return row?.version ?? 'pending';
}

/** Whether a version was that of a run that goes on. */
export function isOngoing(version: string): boolean {
  return version === 'pending' || version.startsWith('running-');
}
