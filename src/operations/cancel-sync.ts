import { WorkflowNotFoundError } from '@temporalio/common';
import { classifyStoreError } from '../store/postgres/store-failure';
import { type Doer, recordCancellation } from '../store/runs/operator-actions';
import type { RunWithCalls } from '../store/runs/read-runs';
import { askTemporal } from './ask-temporal';
import type { OperationContext } from './context';

/**
 * Cancels a run, and records who did.
 *
 * @returns false if the run has already ended
 */
export async function cancelSync(
  { client, dataSource, log }: Pick<OperationContext, 'client' | 'dataSource' | 'log'>,
  run: Pick<RunWithCalls, 'id' | 'status' | 'workflowId'>,
  doer: Doer,
): Promise<boolean> {
  const { id, status, workflowId } = run;
  if (status !== 'running') return false;
  try {
    await askTemporal(client, () => client.workflow.getHandle(workflowId).cancel());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
  await recordCancellation(dataSource, id, doer).catch((error) =>
    // The run is cancelled all the same. Postgres may be unavailable, or the role lack the new right.
    log.warn(
      { run: id, reason: classifyStoreError(error) ?? String(error) },
      'Who cancelled the run is not recorded',
    ),
  );
  return true;
}
