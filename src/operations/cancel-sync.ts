import { WorkflowNotFoundError } from '@temporalio/common';
import type { RunWithCalls } from '../store/runs/read-runs';
import { askTemporal } from './ask-temporal';
import type { OperationContext } from './context';

/** @returns false if the run has already ended */
export async function cancelSync(
  { client }: Pick<OperationContext, 'client'>,
  { status, workflowId }: Pick<RunWithCalls, 'status' | 'workflowId'>,
): Promise<boolean> {
  if (status !== 'running') return false;
  try {
    await askTemporal(client, () => client.workflow.getHandle(workflowId).cancel());
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
