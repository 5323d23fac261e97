import { randomBytes } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { PARTNER_MEMO, REQUEST_MEMO, TRIGGER_MEMO, type Trigger, WORKFLOW_TYPE } from '../../contract/names';
import type { SyncInput, SyncResult } from '../../contract/run';

type SyncWorkflow = (input: SyncInput) => Promise<SyncResult>;
export type SyncHandle = WorkflowHandle<SyncWorkflow>;

export interface SyncStart {
  readonly partner: string;
  readonly trigger: Trigger;
  /** A new one by default. A workflow id that was used before is refused. */
  readonly workflowId?: string | undefined;
  /** The id of the HTTP request. */
  readonly requestId?: string;
}

/**
 * Starts a sync and returns without waiting for it.
 *
 * @throws WorkflowExecutionAlreadyStartedError if the workflow id was used before
 */
export function startSync(
  client: Client,
  taskQueue: string,
  { partner, trigger, workflowId = newWorkflowId(partner), requestId }: SyncStart,
) {
  return client.workflow.start<SyncWorkflow>(WORKFLOW_TYPE, {
    taskQueue,
    workflowId,
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    args: [{ partner }],
    memo: {
      [TRIGGER_MEMO]: trigger,
      [PARTNER_MEMO]: partner,
      ...(requestId !== undefined && { [REQUEST_MEMO]: requestId }),
    },
    staticSummary: `Sync of ${partner}`,
  });
}

function newWorkflowId(partner: string): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `sync-${partner}-${time}-${randomBytes(3).toString('hex')}`;
}
