import type { DataSource } from 'typeorm';
import type { RunFailure } from '../../contract/run';
import { type RunStart, START_COLUMNS, START_PARAMETERS, startValues } from './open-run';
import type { OnRunEnd } from './run-end';

/**
 * Records a run that failed before it could claim its partner; the same Temporal run is recorded once. Receivers of webhooks
 * get no message: the start names no partner of ours.
 */
export async function recordFailedStart(
  dataSource: DataSource,
  start: RunStart,
  failure: RunFailure,
  onEnd?: OnRunEnd,
): Promise<void> {
  const recorded: unknown[] = await dataSource.query(
    `INSERT INTO sync_runs (${START_COLUMNS}, status, finished_at, failure_type, failure_message)
     VALUES (${START_PARAMETERS}, 'failed', now(), $14, $15)
     ON CONFLICT DO NOTHING
     RETURNING id`,
    [...startValues(start), failure.type, failure.message],
  );
  // The partner is what the caller wrote. It is none of ours.
  if (recorded.length > 0) {
    onEnd?.({ partner: null, status: 'failed', failure: failure.type, seconds: null, counts: null });
  }
}
