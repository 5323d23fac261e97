import type { Client } from '@temporalio/client';
import { WEBHOOK_WORKFLOW_TYPE } from '../../contract/names';
import type { DeliverInput, DeliverResult } from '../../contract/webhooks';

type DeliverWorkflow = (input: DeliverInput) => Promise<DeliverResult>;

/** Lets a worker send the messages of a receiver that are due, unless a run of it is already doing so. */
export async function startDelivery(client: Client, taskQueue: string, receiver: string): Promise<void> {
  await client.workflow.start<DeliverWorkflow>(WEBHOOK_WORKFLOW_TYPE, {
    taskQueue,
    workflowId: `${taskQueue}.webhook.${receiver}`,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [{ receiver }],
    staticSummary: `Send webhooks to ${receiver}`,
  });
}
