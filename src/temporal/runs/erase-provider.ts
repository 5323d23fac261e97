import type { Client, WorkflowHandle } from '@temporalio/client';
import type { EraseInput, Erasure, UneraseInput } from '../../contract/erasure';
import { ERASE_WORKFLOW_TYPE, UNERASE_WORKFLOW_TYPE } from '../../contract/names';

/** A run that erases a person, or lets an erased person come back. */
export type ErasureHandle = WorkflowHandle<() => Promise<Erasure | null>>;

type EraseWorkflow = (input: EraseInput) => Promise<Erasure | null>;
type UneraseWorkflow = (input: UneraseInput) => Promise<Erasure | null>;

/**
 * Lets a worker erase a person. A second request for a person that is being erased gets the same run. Its result is null
 * if there never was such a person.
 */
export function startErasure(
  client: Client,
  taskQueue: string,
  input: EraseInput,
): Promise<WorkflowHandle<EraseWorkflow>> {
  return client.workflow.start<EraseWorkflow>(ERASE_WORKFLOW_TYPE, {
    taskQueue,
    workflowId: `erase-${input.providerId}`,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [input],
    staticSummary: 'Erase a person',
  });
}

/**
 * Lets a worker remove an erased person from the list of suppressed people. Its result is null if there is no such
 * receipt.
 */
export function startUnerasure(
  client: Client,
  taskQueue: string,
  input: UneraseInput,
): Promise<WorkflowHandle<UneraseWorkflow>> {
  return client.workflow.start<UneraseWorkflow>(UNERASE_WORKFLOW_TYPE, {
    taskQueue,
    workflowId: `unerase-${input.erasureId}`,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [input],
    staticSummary: 'Let an erased person come back',
  });
}
