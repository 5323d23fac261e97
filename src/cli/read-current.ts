import type { RunProgress } from '../operations/read-progress';
import type { Run } from '../store/runs/run-row';
import type { readRunning } from './read-running';

/** Temporal's client is loaded only for a run that is running. */
const loadReader = (): typeof readRunning => require('./read-running').readRunning;

/** What a run does now; null if it has ended, or if Temporal or partners.yaml cannot be read. */
export async function readCurrent(run: Run): Promise<RunProgress | null> {
  return run.status === 'running' ? loadReader()(run) : null;
}
