import type { ApiContext } from '../../api/context';
import { ProblemError } from '../../api/http/problem';
import { findRun } from '../../operations/find-run';
import type { RunWithCalls } from '../../store/runs/read-runs';

/** @throws ProblemError 404 */
export async function findRunOrFail(context: ApiContext, id: string): Promise<RunWithCalls> {
  const run = await findRun(context, id);
  if (!run) throw new ProblemError(404, 'There is no run at this address.');
  return run;
}
