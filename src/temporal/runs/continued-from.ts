import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { hasGrpcStatus } from '../connection/grpc-status';

const { ContinueAsNewInitiator } = temporal.api.enums.v1;

/**
 * The Temporal run that continued as this one; null if there is none, or if Temporal no longer has this one. A run of a
 * schedule or of a retry does not continue the one before.
 */
export async function continuedFrom(
  client: Client,
  { workflowId, temporalRunId }: { readonly workflowId: string; readonly temporalRunId: string },
): Promise<string | null> {
  const request = {
    namespace: client.options.namespace,
    execution: { workflowId, runId: temporalRunId },
    maximumPageSize: 1,
  };
  const { history } = await client.workflowService
    .getWorkflowExecutionHistory(request)
    .catch((error: unknown) => {
      if (hasGrpcStatus(error, 'NOT_FOUND')) return { history: null };
      throw error;
    });
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  const isContinued = started?.initiator === ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_WORKFLOW;
  return (isContinued && started.continuedExecutionRunId) || null;
}
