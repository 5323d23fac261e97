import type { WorkflowHandle } from '@temporalio/client';
import type { Scenario } from '../support/scenario';

/** Resets the workflow, so that a new run repeats the last activity. */
export async function resetToLastActivity({ client }: Scenario, workflowId: string): Promise<WorkflowHandle> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const last = events?.findLast((event) => event.activityTaskScheduledEventAttributes);
  const { runId } = await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    workflowTaskFinishEventId:
      last?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId ?? null,
    requestId: workflowId,
  });
  return client.workflow.getHandle(workflowId, runId);
}
