import {
  type Client,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import {
  APPROVAL_MEMO,
  type ApprovalMemo,
  DECISION_UPDATES,
  type Decision,
  type DecisionInput,
  explainDecision,
  type OperatorVerdict,
  REFUSALS,
} from '../contract/approval';
import { awaitedApproval, type Run } from '../store/runs/run-row';
import { askTemporal } from './ask-temporal';

/** The result of a decision about a run's snapshot. */
export type SnapshotDecided =
  /** The decision counts. If the same was decided before, `decision` is the first one. */
  | { readonly outcome: 'decided'; readonly decision: Decision }
  | { readonly outcome: 'decided otherwise'; readonly decision: Decision }
  | { readonly outcome: 'nothing waits' }
  /** No worker took the decision in time. A worker may still take it, and it can be sent again. */
  | { readonly outcome: 'not taken' };

export interface SnapshotDecision extends DecisionInput {
  readonly verdict: OperatorVerdict;
}

/**
 * Approves or rejects the snapshot that a run holds back.
 *
 * @throws an error of the SDK if Temporal does not answer
 */
export async function decideSnapshot(
  client: Client,
  run: Pick<Run, 'status' | 'approval' | 'workflowId'>,
  { verdict, ...input }: SnapshotDecision,
): Promise<SnapshotDecided> {
  const recorded = recordedDecision(run, verdict);
  if (recorded) return recorded;
  const handle = client.workflow.getHandle(run.workflowId);
  return askTemporal(client, async () => {
    try {
      await handle.executeUpdate<void, [DecisionInput]>(DECISION_UPDATES[verdict], { args: [input] });
    } catch (error) {
      const refused = refusedDecision(error);
      if (refused) return refused;
    }
    const { memo } = await handle.describe();
    const decision = (memo?.[APPROVAL_MEMO] as ApprovalMemo | undefined)?.decision;
    if (!decision) return { outcome: 'not taken' };
    return { outcome: decision.verdict === verdict ? 'decided' : 'decided otherwise', decision };
  });
}

/** The result as far as the run's row has it; null if the workflow has to be asked. */
export function recordedDecision(
  run: Pick<Run, 'status' | 'approval'>,
  verdict: OperatorVerdict,
): SnapshotDecided | null {
  const decision = run.approval?.decision;
  if (decision) return { outcome: decision.verdict === verdict ? 'decided' : 'decided otherwise', decision };
  return awaitedApproval(run) ? null : { outcome: 'nothing waits' };
}

/**
 * The result of a decision that the workflow refused; null if it had been decided before.
 *
 * @throws an error that is not an answer of the workflow
 */
function refusedDecision(error: unknown): SnapshotDecided | null {
  if (error instanceof WorkflowNotFoundError) return { outcome: 'nothing waits' };
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { outcome: 'not taken' };
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : null;
  const type = cause instanceof ApplicationFailure ? cause.type : null;
  if (type === REFUSALS.notWaiting) return { outcome: 'nothing waits' };
  if (type === REFUSALS.decidedOtherwise) return null;
  throw error;
}

/** Why a decision does not count, and what to do about it. */
export function explainUndecided(undecided: Exclude<SnapshotDecided, { outcome: 'decided' }>): string {
  switch (undecided.outcome) {
    case 'decided otherwise':
      return `This snapshot was decided before. ${explainDecision(undecided.decision)}`;
    case 'nothing waits':
      return 'This run does not wait for an approval.';
    case 'not taken':
      return 'No worker took the decision in time. Check that a worker is running, and send it again: deciding twice changes nothing.';
  }
}
