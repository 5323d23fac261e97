import type { DataSource } from 'typeorm';
import { EXIT, ExpectedError } from '../process/expected-error';
import { getRun, type RunWithCalls } from '../store/runs/read-runs';
import type { findThroughTemporal } from './find-through-temporal';

/** Temporal's client is loaded only for a run that is not recorded. */
const loadFinder = (): typeof findThroughTemporal => require('./find-through-temporal').findThroughTemporal;

/**
 * A run by its id, its workflow ID or Temporal's run ID. Temporal is asked only about a run that is not recorded.
 *
 * @throws ExpectedError if there is no such run
 */
export async function findRunOrFail(dataSource: DataSource, id: string): Promise<RunWithCalls> {
  const run = (await getRun(dataSource, id)) ?? (await loadFinder()(dataSource, id));
  if (run) return run;
  throw new ExpectedError(`There is no run ${id}. See: npx provider-sync runs list`, EXIT.usage);
}
