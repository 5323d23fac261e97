import { randomBytes } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { TRIGGER_MEMO, type Trigger, WORKFLOW_TYPE } from '../contract/names';
import type { SyncInput, SyncResult } from '../contract/sync';

type SyncWorkflow = (input: SyncInput) => Promise<SyncResult>;
export type SyncHandle = WorkflowHandle<SyncWorkflow>;

/** Starts a sync under a workflow ID of its own and returns without waiting for it. */
export function startSync(
  client: Client,
  taskQueue: string,
  { partner, trigger }: { partner: string; trigger: Trigger },
): Promise<SyncHandle> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return client.workflow.start<SyncWorkflow>(WORKFLOW_TYPE, {
    taskQueue,
    workflowId: `sync-${partner}-${time}-${randomBytes(3).toString('hex')}`,
    args: [{ partner }],
    memo: { [TRIGGER_MEMO]: trigger },
    staticSummary: `Sync of ${partner}`,
  });
}
