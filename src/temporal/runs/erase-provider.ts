import type { Client } from '@temporalio/client';
import type { EraseInput, Erasure, UneraseInput } from '../../contract/erasure';
import { ERASE_WORKFLOW_TYPE, UNERASE_WORKFLOW_TYPE } from '../../contract/names';

type EraseWorkflow = (input: EraseInput) => Promise<Erasure | null>;
type UneraseWorkflow = (input: UneraseInput) => Promise<Erasure | null>;

/**
 * Lets a worker erase a person, and waits for the receipt. A second request for a person that is being erased waits for
 * the same receipt.
 *
 * @returns null if the directory has no such person
 */
export function eraseProvider(client: Client, taskQueue: string, input: EraseInput): Promise<Erasure | null> {
  return client.workflow.execute<EraseWorkflow>(ERASE_WORKFLOW_TYPE, {
    taskQueue,
    workflowId: `erase-${input.providerId}`,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [input],
    staticSummary: 'Erase a person',
  });
}

/**
 * Lets a worker remove an erased person from the list of suppressed people, and waits for the receipt.
 *
 * @returns null if there is no such receipt
 */
export function uneraseProvider(
  client: Client,
  taskQueue: string,
  input: UneraseInput,
): Promise<Erasure | null> {
  return client.workflow.execute<UneraseWorkflow>(UNERASE_WORKFLOW_TYPE, {
    taskQueue,
    workflowId: `unerase-${input.erasureId}`,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [input],
    staticSummary: 'Let an erased person come back',
  });
}
