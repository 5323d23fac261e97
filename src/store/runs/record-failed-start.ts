import type { DataSource } from 'typeorm';
import type { RunFailure } from '../../contract/run';
import { type RunStart, START_COLUMNS, START_PARAMETERS, startValues } from './open-run';

/** Records a run that failed before it could claim its partner; the same Temporal run is recorded once. */
export async function recordFailedStart(
  dataSource: DataSource,
  start: RunStart,
  failure: RunFailure,
): Promise<void> {
  await dataSource.query(
    `INSERT INTO sync_runs (${START_COLUMNS}, status, finished_at, failure_type, failure_message)
     VALUES (${START_PARAMETERS}, 'failed', now(), $13, $14)
     ON CONFLICT DO NOTHING`,
    [...startValues(start), failure.type, failure.message],
  );
}
