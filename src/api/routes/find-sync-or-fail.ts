import { findRun } from '../../operations/find-run';
import type { RunWithCalls } from '../../store/runs/read-runs';
import type { ApiContext } from '../context';
import { ProblemError } from '../http/problem';

/**
 * Finds a sync for a route or a page.
 *
 * @throws ProblemError 404
 */
export async function findSyncOrFail(context: ApiContext, id: string): Promise<RunWithCalls> {
  const run = await findRun(context, id);
  if (!run) throw new ProblemError(404, 'There is no sync with this id.');
  return run;
}
