import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { z } from 'zod';
import { PRUNE_WORKFLOW_TYPE } from '../../contract/names';
import type { PruneResult } from '../../contract/prune';
import { isoTimeOf } from '../proto-time';
import { pruneScheduleId } from '../schedules/prune-schedule';
import { workflowsOn } from '../visibility-query';
import { examineRun, type RunWait } from './run-wait';
import { DRY_PRUNE_PREFIX, PRUNE_PREFIX } from './start-prune';

const { WorkflowExecutionStatus } = temporal.api.enums.v1;
const COMPLETED = WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED;

/** Counts of old history may have been made in between. */
const LATEST = 20;

type Status = temporal.api.enums.v1.WorkflowExecutionStatus | null | undefined;

/** It succeeded, and the next run has to continue. */
const INCOMPLETE = 'ended before everything old was removed';

const resultSchema = z.object({ dryRun: z.boolean(), complete: z.boolean() });

/** The latest removal of old history, by the schedule or by an operator. */
export interface LastPrune {
  readonly workflowId: string;
  /** How it ended without removing everything old, such as `failed`; null if it removed it or is running. */
  readonly failure: string | null;
  /** ISO 8601, UTC; null while it is running. */
  readonly endedAt: string | null;
  /** Why it makes no progress; null if it does, or has ended. */
  readonly wait: RunWait | null;
}

const FAILURES = new Map<Status, string>([
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_FAILED, 'failed'],
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED, 'was cancelled'],
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED, 'was terminated'],
  [WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TIMED_OUT, 'timed out'],
]);

/**
 * The latest removal of old history that Temporal knows; null if there is none. The result of a run says whether it
 * removed or counted. A run without a result is a removal if its id is one of ours.
 */
export async function readLastPrune(client: Client, taskQueue: string): Promise<LastPrune | null> {
  const { namespace } = client.options;
  const { executions } = await client.workflowService.listWorkflowExecutions({
    namespace,
    query: workflowsOn(taskQueue, PRUNE_WORKFLOW_TYPE),
    pageSize: LATEST,
  });
  for (const { execution, status, closeTime } of executions) {
    const workflowId = execution?.workflowId ?? '';
    const runId = execution?.runId ?? '';
    const result = status === COMPLETED ? await readResult(client, workflowId, runId) : undefined;
    if (result ? result.dryRun : !hasRemovalId(workflowId, taskQueue)) continue;
    return {
      workflowId,
      failure: result && !result.complete ? INCOMPLETE : (FAILURES.get(status) ?? null),
      endedAt: isoTimeOf(closeTime),
      wait: closeTime ? null : (await examineRun(client, workflowId, runId)).wait,
    };
  }
  return null;
}

function hasRemovalId(workflowId: string, taskQueue: string): boolean {
  if (workflowId.startsWith(DRY_PRUNE_PREFIX)) return false;
  return workflowId.startsWith(pruneScheduleId(taskQueue)) || workflowId.startsWith(PRUNE_PREFIX);
}

/** The result of a run that succeeded; undefined if no configured key can read it. */
async function readResult(
  client: Client,
  workflowId: string,
  runId: string,
): Promise<Pick<PruneResult, 'dryRun' | 'complete'> | undefined> {
  try {
    const result: unknown = await client.workflow.getHandle(workflowId, runId).result();
    const { success, data } = resultSchema.safeParse(result);
    return success ? data : undefined;
  } catch {
    return undefined;
  }
}
