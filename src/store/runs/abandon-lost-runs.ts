import type { DataSource } from 'typeorm';
import type { RunHolder } from '../../contract/run';
import { abandonRun } from './abandon-run';

/**
 * Abandons the runs whose workflow is over. A workflow is over only after it has ended its row, so that a row
 * which is read as running before Temporal is asked, and whose workflow is over, was left behind.
 *
 * @param isStillRunning whether Temporal still runs the workflow; what it throws ends the search
 * @returns the runs that were abandoned
 */
export async function abandonLostRuns(
  dataSource: DataSource,
  isStillRunning: (workflowId: string) => Promise<boolean>,
): Promise<RunHolder[]> {
  // At most one for each partner.
  const running: RunHolder[] = await dataSource.query(
    `SELECT id, workflow_id AS "workflowId", run_id AS "runId" FROM sync_runs WHERE status = 'running'`,
  );
  const abandoned: RunHolder[] = [];
  for (const run of running) {
    if (await isStillRunning(run.workflowId)) continue;
    if (await abandonRun(dataSource, run.id)) abandoned.push(run);
  }
  return abandoned;
}
