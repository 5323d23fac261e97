import type { DataSource } from 'typeorm';
import { EXIT, ExpectedError } from '../process/expected-error';
import { getRun, type RunWithCalls } from '../store/runs/read-runs';
import type { findThroughTemporal } from './find-through-temporal';

/** Temporal's client is loaded only for a run that is not recorded. */
const loadFinder = (): typeof findThroughTemporal => require('./find-through-temporal').findThroughTemporal;

/**
 * A run by its id, its workflow ID or Temporal's run ID. Temporal is asked only about a run that is not recorded.
 *
 * @throws ExpectedError if there is no such run, or if it is not recorded and Temporal is unavailable
 */
export async function findRunOrFail(dataSource: DataSource, id: string): Promise<RunWithCalls> {
  const run = (await getRun(dataSource, id)) ?? (await findUnrecorded(dataSource, id));
  if (run) return run;
  throw new ExpectedError(`There is no run ${id}. See: npx provider-sync runs list`, EXIT.usage);
}

async function findUnrecorded(dataSource: DataSource, id: string): Promise<RunWithCalls | null> {
  try {
    return await loadFinder()(dataSource, id);
  } catch (error) {
    if (!(error instanceof ExpectedError)) throw error;
    throw new ExpectedError(
      `There is no recorded run ${id}, and one that is not recorded yet cannot be found: ${error.message}`,
      error.exitCode,
      { cause: error },
    );
  }
}
