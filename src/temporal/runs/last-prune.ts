import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { PRUNE_WORKFLOW_TYPE } from '../../contract/names';
import { isoTimeOf } from '../proto-time';
import { type RunWait, readRunWait } from './run-wait';
import { DRY_PRUNE_PREFIX } from './start-prune';

const { WorkflowExecutionStatus } = temporal.api.enums.v1;

/** Counts of old history may have been made in between. */
const LATEST = 20;
/** The last events of a history contain the scheduled activity that explains a wait. */
const LAST_EVENTS = 20;

type Status = temporal.api.enums.v1.WorkflowExecutionStatus | null | undefined;

/** The latest removal of old history, by the schedule or by an operator. */
export interface LastPrune {
  readonly workflowId: string;
  /** How it ended without success, such as `failed`; null if it succeeded or is running. */
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

/** The latest removal of old history that Temporal knows; null if there is none. */
export async function readLastPrune(client: Client, taskQueue: string): Promise<LastPrune | null> {
  const { namespace } = client.options;
  const { executions } = await client.workflowService.listWorkflowExecutions({
    namespace,
    query: `WorkflowType = '${PRUNE_WORKFLOW_TYPE}' AND TaskQueue = '${taskQueue.replaceAll("'", "''")}'`,
    pageSize: LATEST,
  });
  const last = executions.find(({ execution }) => !execution?.workflowId?.startsWith(DRY_PRUNE_PREFIX));
  if (!last) return null;
  const { execution, status, closeTime } = last;
  return {
    workflowId: execution?.workflowId ?? '',
    failure: FAILURES.get(status) ?? null,
    endedAt: isoTimeOf(closeTime),
    wait: closeTime ? null : await readWait(client, execution?.workflowId ?? '', execution?.runId ?? ''),
  };
}

async function readWait(client: Client, workflowId: string, runId: string): Promise<RunWait | null> {
  const { namespace } = client.options;
  const execution = { workflowId, runId };
  const [raw, { history }] = await Promise.all([
    client.workflowService.describeWorkflowExecution({ namespace, execution }),
    client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution,
      maximumPageSize: LAST_EVENTS,
    }),
  ]);
  // It may have ended after it was listed.
  if (raw.workflowExecutionInfo?.closeTime) return null;
  return readRunWait(client.workflow.getHandle(workflowId, runId), raw, history?.events ?? []);
}
