import type { Client } from '@temporalio/client';
import { WORKFLOW_TYPE } from '../../contract/names';
import { hasGrpcStatus } from '../connection/grpc-status';
import { type EncryptedSample, encryptedSamplesIn } from '../payloads/encrypted-samples';
import { workflowsOn } from '../visibility-query';

/** A run that has ended. */
export interface EndedRun {
  readonly workflowId: string;
  /** The payloads of its result or failure, one for each key. A run that was cancelled or terminated has none. */
  readonly samples: readonly EncryptedSample[];
}

/** The run that ended last; null if Temporal has none. Its payloads are not decoded, because a key may be missing. */
export async function readLastEnded(client: Client, taskQueue: string): Promise<EndedRun | null> {
  const { namespace } = client.options;
  // Without an order of its own, Temporal lists the run that ended last first.
  const { executions } = await client.workflowService.listWorkflowExecutions({
    namespace,
    query: `${workflowsOn(taskQueue, WORKFLOW_TYPE)} AND ExecutionStatus != 'Running'`,
    pageSize: 1,
  });
  const execution = executions[0]?.execution;
  if (!execution) return null;
  try {
    const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution,
      maximumPageSize: 1,
    });
    return { workflowId: execution.workflowId ?? '', samples: encryptedSamplesIn(history?.events) };
  } catch (error) {
    // Its retention ended after it was listed.
    if (hasGrpcStatus(error, 'NOT_FOUND')) return null;
    throw error;
  }
}
