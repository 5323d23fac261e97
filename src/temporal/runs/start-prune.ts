import { randomBytes } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { PRUNE_WORKFLOW_TYPE } from '../../contract/names';
import type { PruneInput, PruneResult } from '../../contract/prune';

/** The workflow ids of removals that `prune` starts begin with it. */
export const PRUNE_PREFIX = 'prune-';
/** The workflow ids of runs that only count old history begin with it. */
export const DRY_PRUNE_PREFIX = `${PRUNE_PREFIX}dry-run-`;

type PruneWorkflow = (input: PruneInput) => Promise<PruneResult>;

/** Starts the removal of old history on a worker, and returns without waiting for it. */
export function startPrune(
  client: Client,
  taskQueue: string,
  input: PruneInput,
): Promise<WorkflowHandle<PruneWorkflow>> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return client.workflow.start<PruneWorkflow>(PRUNE_WORKFLOW_TYPE, {
    taskQueue,
    workflowId: `${input.dryRun ? DRY_PRUNE_PREFIX : PRUNE_PREFIX}${time}-${randomBytes(3).toString('hex')}`,
    args: [input],
    staticSummary: input.dryRun ? 'Count old history' : 'Remove old history',
  });
}
