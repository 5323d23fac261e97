import type { DataSource } from 'typeorm';
import { EXIT, ExpectedError } from '../process/expected-error';
import { getRun, type RunWithCalls } from '../store/runs/read-runs';

/**
 * A recorded run by its id or its workflow ID.
 *
 * @throws ExpectedError if no such run is recorded
 */
export async function findRun(dataSource: DataSource, id: string): Promise<RunWithCalls> {
  const run = await getRun(dataSource, id);
  if (run) return run;
  throw new ExpectedError(`There is no run ${id}. See: npx provider-sync runs list`, EXIT.usage);
}
