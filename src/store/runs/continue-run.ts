import type { DataSource } from 'typeorm';
import { NamedFailure } from '../../contract/named-failure';
import type { RunStatus } from '../../contract/run';
import { RunSupersededError } from '../postgres/store-failure';

/** A run that continues as a new Temporal run. */
export interface ContinuedClaim {
  /** Our id of the run. */
  readonly id: string;
  readonly workflowId: string;
  /** Temporal's run id that the run had before. */
  readonly before: string;
  readonly temporalRunId: string;
}

/**
 * Moves the claim of a run to the Temporal run that continues it. A second call changes nothing.
 *
 * @throws RunSupersededError if the run has ended
 * @throws NamedFailure `RunReset` if the run continues as another Temporal run: this one began with a reset
 */
export async function continueRun(
  dataSource: DataSource,
  { id, workflowId, before, temporalRunId }: ContinuedClaim,
): Promise<void> {
  const [, moved]: [unknown[], number] = await dataSource.query(
    `UPDATE sync_runs SET run_id = $4
     WHERE id = $1 AND workflow_id = $2 AND run_id IN ($3, $4) AND status = 'running'`,
    [id, workflowId, before, temporalRunId],
  );
  if (moved > 0) return;
  const [run]: [{ status: RunStatus; temporalRunId: string }?] = await dataSource.query(
    `SELECT status, run_id AS "temporalRunId" FROM sync_runs WHERE id = $1 AND workflow_id = $2`,
    [id, workflowId],
  );
  if (!run) throw new RunSupersededError(id, 'the database does not know it');
  if (run.temporalRunId === before || run.temporalRunId === temporalRunId) {
    throw new RunSupersededError(id, run.status);
  }
  throw new NamedFailure('RunReset', `the run continues as the Temporal run ${run.temporalRunId}`);
}
