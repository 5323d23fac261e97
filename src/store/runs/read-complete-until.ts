import type { Reader } from '../postgres/snapshot';
import { WITH_PARTNERS } from './known-partners';

/**
 * The moment before which every change is to be seen by whoever reads now, in ISO 8601, UTC. A change bears the
 * time at which its save began, and is seen when that has ended; a run that goes on may be saving. The moment
 * stays the same until a run begins or ends.
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
