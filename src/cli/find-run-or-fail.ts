import type { DataSource } from 'typeorm';
import { findRun } from '../operations/find-run';
import { loadConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import { getRun, type RunWithCalls } from '../store/runs/read-runs';
import { usingTemporal } from '../temporal/connection/using-temporal';

/**
 * A run by its id, its workflow ID or Temporal's run ID. Temporal is asked only about a run that is not recorded.
 *
 * @throws ExpectedError if there is no such run
 */
export async function findRunOrFail(dataSource: DataSource, id: string): Promise<RunWithCalls> {
  const run = (await getRun(dataSource, id)) ?? (await findThroughTemporal(dataSource, id));
  if (run) return run;
  throw new ExpectedError(`There is no run ${id}. See: npx provider-sync runs list`, EXIT.usage);
}

function findThroughTemporal(dataSource: DataSource, id: string): Promise<RunWithCalls | null> {
  const { temporal } = loadConfig(['temporal']);
  return usingTemporal(temporal, (client) => findRun({ client, dataSource }, id));
}
