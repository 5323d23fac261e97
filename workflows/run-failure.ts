import { ApplicationFailureCategory, RetryState } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  isCancellation,
  type TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { explainFailure } from '../src/contract/explain';
import { type FailureType, isFailureType } from '../src/contract/failures';
import type { PartnerCall, RunFailure } from '../src/contract/sync';

/** What ends the workflow of a failed run. */
export class RunFailed extends ApplicationFailure {
  constructor({ type, message }: RunFailure) {
    // Benign: the run is recorded as failed with its reason; a stack in the worker's log would add nothing.
    super(message, type, true, undefined, undefined, undefined, ApplicationFailureCategory.BENIGN);
  }
}

/** How the run ended, by the names of the failure table. */
export function toRunFailure(
  error: TemporalFailure,
  partner: string,
  calls: readonly PartnerCall[],
): RunFailure {
  const failure = nameFailure(error);
  return { type: failure.type, message: explainFailure(partner, failure, calls) };
}

/** Whether a step failed by this name. */
export function hasFailed(error: unknown, type: FailureType): boolean {
  const cause = causeOf(error);
  return cause instanceof ApplicationFailure && cause.type === type;
}

/** The calls that a failed activity reports: with its failure or, where it was lost, with its last heartbeat. */
export function callsOf(error: unknown): readonly PartnerCall[] {
  const cause = causeOf(error);
  if (cause instanceof ApplicationFailure || cause instanceof CancelledFailure) {
    return readCalls(cause.details?.[0]);
  }
  return cause instanceof TimeoutFailure ? readCalls(cause.lastHeartbeatDetails) : [];
}

/** Whether an activity ended because the worker of its last attempt was lost, and so all attempts were used. */
export function isLastAttemptLost(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof TimeoutFailure &&
    error.retryState === RetryState.MAXIMUM_ATTEMPTS_REACHED
  );
}

function readCalls(details: unknown): readonly PartnerCall[] {
  return (details as { calls?: readonly PartnerCall[] } | null | undefined)?.calls ?? [];
}

function nameFailure(error: TemporalFailure): { type: FailureType; detail: string } {
  if (isCancellation(error)) return { type: 'Cancelled', detail: '' };
  const cause = causeOf(error);
  if (cause instanceof TimeoutFailure) return { type: 'WorkerLost', detail: '' };
  if (cause instanceof ApplicationFailure && isFailureType(cause.type)) {
    return { type: cause.type, detail: cause.message };
  }
  return { type: 'InternalError', detail: cause instanceof Error ? cause.message : '' };
}

function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? error.cause : error;
}
