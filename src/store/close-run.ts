import type { DataSource } from 'typeorm';
import type { CloseRunInput } from '../contract/sync';
import { insertCalls } from './insert-calls';

/**
 * Ends a run that stored nothing, and puts its calls into the ledger. A run that has already ended keeps
 * its end, and only gets the calls that its ledger lacks: they were made whoever ended it.
 */
export async function closeRun(
  dataSource: DataSource,
  { runId, status, failure, calls }: Omit<CloseRunInput, 'partner'>,
): Promise<void> {
  await dataSource.query(
    `WITH calls AS (
       ${insertCalls('$1', '$2')}
       ON CONFLICT (run_id, endpoint, attempt) DO NOTHING
     )
     UPDATE sync_runs
     SET status = $3, finished_at = now(), failure_type = $4, failure_message = $5
     WHERE id = $1 AND status = 'running'`,
    [runId, JSON.stringify(calls), status, failure.type, failure.message],
  );
}
