import type { DataSource } from 'typeorm';
import { FAILURES } from '../../contract/failures';
import type { RunHolder } from '../../contract/run';
import { clearStagedOf } from '../staging/clear-staged';
import { removeDepartures } from './hold-snapshot';
import { HOLDER_COLUMNS } from './run-row';

/**
 * Ends a run that Temporal no longer runs, and removes its staged pages. If the run has ended meanwhile, it keeps its
 * end.
 *
 * @param id our id of the run
 * @returns whether the run was still recorded as running
 */
export async function abandonRun(dataSource: DataSource, id: string): Promise<boolean> {
  const [, abandoned]: [unknown[], number] = await dataSource.query(
    `WITH ${removeDepartures('$1')}
     UPDATE sync_runs
     SET status = 'abandoned', finished_at = now(), failure_type = 'Abandoned', failure_message = $2
     WHERE id = $1 AND status = 'running'`,
    [id, FAILURES.Abandoned.meaning],
  );
  if (abandoned > 0) await clearStagedOf(dataSource, id);
  return abandoned > 0;
}

/**
 * Abandons the runs whose workflow is over. A workflow ends its row before it ends itself. So a row was left behind
 * if it is read as running first, and its workflow is over afterwards.
 *
 * @param isStillRunning whether Temporal still runs the workflow; an error of it ends the search
 * @returns the runs that were abandoned
 */
export async function abandonLostRuns(
  dataSource: DataSource,
  isStillRunning: (workflowId: string) => Promise<boolean>,
): Promise<RunHolder[]> {
  // At most one for each partner.
  const running: RunHolder[] = await dataSource.query(
    `SELECT ${HOLDER_COLUMNS} FROM sync_runs WHERE status = 'running'`,
  );
  const abandoned: RunHolder[] = [];
  for (const run of running) {
    if (await isStillRunning(run.workflowId)) continue;
    if (await abandonRun(dataSource, run.id)) abandoned.push(run);
  }
  return abandoned;
}
