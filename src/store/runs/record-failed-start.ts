import type { DataSource } from 'typeorm';
import type { RunFailure } from '../../contract/run';
import { type RunStart, runIdOf } from './open-run';

/** Records a run that failed before it could claim its partner; the same Temporal run is recorded once. */
export async function recordFailedStart(
  dataSource: DataSource,
  start: RunStart,
  failure: RunFailure,
): Promise<void> {
  await dataSource.query(
    `INSERT INTO sync_runs
       (id, partner, trigger, status, workflow_id, run_id, finished_at, failure_type, failure_message, replay_of)
     VALUES ($1, $2, $3, 'failed', $4, $5, now(), $6, $7, $8)
     ON CONFLICT DO NOTHING`,
    [
      runIdOf(start),
      start.partner,
      start.trigger,
      start.workflowId,
      start.temporalRunId,
      failure.type,
      failure.message,
      start.replayOf ?? null,
    ],
  );
}
