import type { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import { FAILURES, type FailureType, isFailureType } from '../../contract/failures';
import type { RunFailure } from '../../contract/run';

/** How a workflow ended that has no result, and the name of its failure. */
export interface FailedEnd {
  readonly status: 'failed' | 'cancelled' | 'abandoned';
  readonly failure: RunFailure;
}

/** Names the failure of a workflow. */
export function failureOf({ cause, message }: WorkflowFailedError): FailedEnd {
  if (cause instanceof CancelledFailure) return ended('cancelled', 'Cancelled');
  if (cause instanceof TerminatedFailure || cause instanceof TimeoutFailure) {
    return ended('abandoned', 'Abandoned');
  }
  const type =
    cause instanceof ApplicationFailure && isFailureType(cause.type) ? cause.type : 'InternalError';
  return { status: 'failed', failure: { type, message: cause?.message ?? message } };
}

/** An end with the meaning of its failure as the message. */
export function ended(status: FailedEnd['status'], type: FailureType): FailedEnd {
  return { status, failure: { type, message: FAILURES[type].meaning } };
}
