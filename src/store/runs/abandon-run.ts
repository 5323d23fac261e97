import type { DataSource } from 'typeorm';
import { FAILURES } from '../../contract/failures';
import type { RunHolder } from '../../contract/run';
import { clearStagedOf } from '../staging/clear-staged';
import { NO_SUBSCRIPTIONS, type Subscriptions } from '../webhooks/subscriptions';
import { messagesOfEnd, REPORTED_COLUMNS } from '../webhooks/write-messages';
import { removeDepartures } from './hold-snapshot';
import { type OnRunEnd, RUN_SECONDS } from './run-end';
import { HOLDER_COLUMNS } from './run-row';

/**
 * Ends a run that Temporal no longer runs, and removes its staged pages. If the run has ended meanwhile, it keeps its
 * end.
 *
 * @param id our id of the run
 * @param subscriptions who gets a message about the end
 * @returns whether the run was still recorded as running
 */
export async function abandonRun(
  dataSource: DataSource,
  id: string,
  onEnd?: OnRunEnd,
  subscriptions = NO_SUBSCRIPTIONS,
): Promise<boolean> {
  const [abandoned]: [{ partner: string; seconds: number }?] = await dataSource.query(
    `WITH ${removeDepartures('$1')}, ended AS (
     UPDATE sync_runs
     SET status = 'abandoned', finished_at = now(), failure_type = 'Abandoned', failure_message = $2
     WHERE id = $1 AND status = 'running'
     RETURNING ${REPORTED_COLUMNS}, ${RUN_SECONDS}
     ), ${messagesOfEnd('$3')}
     SELECT partner, seconds FROM ended`,
    [id, FAILURES.Abandoned.meaning, subscriptions],
  );
  if (!abandoned) return false;
  onEnd?.({ ...abandoned, status: 'abandoned', failure: 'Abandoned', counts: null });
  await clearStagedOf(dataSource, id);
  return true;
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
  onEnd?: OnRunEnd,
  subscriptions?: Subscriptions,
): Promise<RunHolder[]> {
  // At most one for each partner.
  const running: RunHolder[] = await dataSource.query(
    `SELECT ${HOLDER_COLUMNS} FROM sync_runs WHERE status = 'running'`,
  );
  const abandoned: RunHolder[] = [];
  for (const run of running) {
    if (await isStillRunning(run.workflowId)) continue;
    if (await abandonRun(dataSource, run.id, onEnd, subscriptions)) abandoned.push(run);
  }
  return abandoned;
}
