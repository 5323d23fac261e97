import { randomBytes } from 'node:crypto';
import { type Client, Connection, type WorkflowHandle } from '@temporalio/client';
import {
  PARTNER_MEMO,
  REQUEST_MEMO,
  STARTED_BY_MEMO,
  type Starter,
  TRIGGER_MEMO,
  WORKFLOW_TYPE,
} from '../../contract/names';
import type { SyncInput, SyncResult } from '../../contract/run';

type SyncWorkflow = (input: SyncInput) => Promise<SyncResult>;
export type SyncHandle = WorkflowHandle<SyncWorkflow>;

export interface SyncStart {
  readonly partner: string;
  readonly trigger: Starter;
  /** Our id of the run whose answer is to be replayed. */
  readonly replay?: string | undefined;
  /** A new one by default. A workflow id that was used before is refused. */
  readonly workflowId?: string | undefined;
  /** The id of the HTTP request. */
  readonly requestId?: string;
  /** The name of the person who starts it. */
  readonly startedBy?: string | undefined;
}

/**
 * Starts a sync and returns without waiting for it.
 *
 * @throws WorkflowExecutionAlreadyStartedError if the workflow id was used before
 */
export function startSync(
  client: Client,
  taskQueue: string,
  { partner, trigger, replay, workflowId = newWorkflowId(partner, replay), ...start }: SyncStart,
) {
  return client.workflow.start<SyncWorkflow>(WORKFLOW_TYPE, {
    taskQueue,
    workflowId,
    // Any other connection is that of a worker in this process.
    requestEagerStart: !(client.connection instanceof Connection),
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    args: [{ partner, ...(replay !== undefined && { replay }) }],
    memo: {
      [TRIGGER_MEMO]: trigger,
      [PARTNER_MEMO]: partner,
      ...(start.requestId !== undefined && { [REQUEST_MEMO]: start.requestId }),
      ...(start.startedBy !== undefined && { [STARTED_BY_MEMO]: start.startedBy }),
    },
    staticSummary: replay === undefined ? `Sync of ${partner}` : `Replay of run ${replay} of ${partner}`,
  });
}

function newWorkflowId(partner: string, replay: string | undefined): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `${replay === undefined ? 'sync' : 'replay'}-${partner}-${time}-${randomBytes(3).toString('hex')}`;
}
