import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { REQUEST_WEBHOOKS_WORKFLOW_TYPE } from '../../contract/names';
import type { WebhookRequest } from '../../contract/webhooks';

type RequestWorkflow = (input: WebhookRequest) => Promise<number | null>;

/**
 * Lets a worker replay or test the messages of a receiver of webhooks, and returns without waiting for it. Each request is
 * a run of its own: another one may ask for other messages. Its result is the number of messages that are due; null if the
 * workers have no such receiver.
 */
export function requestWebhooks(
  client: Client,
  taskQueue: string,
  input: WebhookRequest,
): Promise<WorkflowHandle<RequestWorkflow>> {
  return client.workflow.start<RequestWorkflow>(REQUEST_WEBHOOKS_WORKFLOW_TYPE, {
    taskQueue,
    workflowId: `${taskQueue}.webhook.${input.receiver}.${input.kind}.${randomUUID()}`,
    args: [input],
    staticSummary: input.kind === 'test' ? 'Test a webhook' : 'Send webhooks again',
  });
}
