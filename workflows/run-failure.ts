import { ApplicationFailureCategory, RetryState } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  isCancellation,
  type TemporalFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { OpenedRun, StepReport } from '../src/contract/activities';
import type { PartnerCall } from '../src/contract/call';
import { explainFailure } from '../src/contract/explain';
import { type FailureType, isFailureType } from '../src/contract/failures';
import { isStepReport } from '../src/contract/results';
import type { RunFailure } from '../src/contract/run';

/** The failure with which the workflow of a failed run ends. */
export class RunFailed extends ApplicationFailure {
  constructor({ type, message }: RunFailure) {
    // Benign: the run is recorded as failed with its reason, so that a stack in the worker's log would add nothing.
    super(message, type, true, undefined, undefined, undefined, ApplicationFailureCategory.BENIGN);
  }
}

/**
 * Names the failure of a run after the failure table.
 *
 * @param run left out if it was not opened
 */
export function toRunFailure(
  error: TemporalFailure,
  partner: string,
  calls: readonly PartnerCall[],
  run?: OpenedRun,
): RunFailure {
  const failure = nameFailure(error, run);
  return { type: failure.type, message: explainFailure(partner, failure, calls) };
}

/**
 * Whether a step failed because its worker does not know the partner, or has another entry for it.
 *
 * @param run given for a step that calls the partner: the failure must then report the earlier calls, or they would
 *   not be counted
 */
export function isForAnotherWorker(error: unknown, run?: OpenedRun): boolean {
  const cause = causeOf(error);
  if (!(cause instanceof ApplicationFailure) || !FOR_ANOTHER_WORKER.has(cause.type ?? '')) return false;
  return run === undefined || reportOf(cause, run)?.failure === cause.type;
}

const FOR_ANOTHER_WORKER: ReadonlySet<string> = new Set<FailureType>(['UnknownPartner', 'PartnerChanged']);

/**
 * Whether a step of the run failed with this name and also reports it. Temporal holds the name in plain text, so
 * that the name alone proves nothing.
 */
export function hasFailed(error: unknown, type: FailureType, run: OpenedRun): boolean {
  const cause = causeOf(error);
  return cause instanceof ApplicationFailure && cause.type === type && isVouchedFor(cause, run);
}

/** The calls that a failed activity reports: in its failure or, if its worker was lost, in its last heartbeat. */
export function callsOf(error: unknown, run: OpenedRun): readonly PartnerCall[] {
  return reportOf(causeOf(error), run)?.calls ?? [];
}

/** Whether the worker of an activity's last attempt was lost. */
export function isLastAttemptLost(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof TimeoutFailure &&
    error.retryState === RetryState.MAXIMUM_ATTEMPTS_REACHED
  );
}

/** The report of the activity, if it belongs to this run. */
function reportOf(cause: unknown, run: OpenedRun): StepReport | undefined {
  const report =
    cause instanceof ApplicationFailure || cause instanceof CancelledFailure
      ? cause.details?.[0]
      : cause instanceof TimeoutFailure && cause.lastHeartbeatDetails;
  return isStepReport(report) && (!run.stepsNameRun || report.runId === run.id) ? report : undefined;
}

/** Failures from the SDK or the store have no report. The two failures that lead to more calls must have one. */
function isVouchedFor(cause: ApplicationFailure, run: OpenedRun): boolean {
  if (!run.stepsNameRun) return true;
  const report = reportOf(cause, run);
  return report ? report.failure === cause.type : cause.type !== 'TokenRejected' && cause.type !== 'RunReset';
}

function nameFailure(error: TemporalFailure, run?: OpenedRun): { type: FailureType; detail: string } {
  if (isCancellation(error)) return { type: 'Cancelled', detail: '' };
  const cause = causeOf(error);
  if (cause instanceof TimeoutFailure) return { type: 'WorkerLost', detail: '' };
  if (cause instanceof ApplicationFailure && isFailureType(cause.type)) {
    if (run && !isVouchedFor(cause, run)) {
      return { type: 'InvalidResult', detail: `The step did not report that it failed as ${cause.type}.` };
    }
    return { type: cause.type, detail: cause.message };
  }
  return { type: 'InternalError', detail: cause instanceof Error ? cause.message : '' };
}

function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? error.cause : error;
}
