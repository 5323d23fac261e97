import { CancelledFailure, type Context } from '@temporalio/activity';
import type { StepReport } from '../src/contract/activities';
import { type FailureOptions, temporalFailure, workerStopping } from './temporal-failure';

/**
 * How a step that reads an answer fails. Once it must end, its error only follows from that: it is the cancellation, or
 * the stop of the worker.
 */
export function stepFailure(
  activity: Context,
  report: StepReport,
  error: unknown,
  options: Omit<FailureOptions, 'report'> = {},
): Error {
  const ended = endOf(activity);
  if (ended === 'Cancelled') return new CancelledFailure('The run was cancelled', [report]);
  return temporalFailure(ended !== null ? workerStopping() : error, { report, ...options });
}

/** Why the activity must end: `Cancelled`, or another reason in words. Null if it need not. */
export function endOf({ cancellationSignal, cancellationDetails: why }: Context): string | null {
  if (!cancellationSignal.aborted) return null;
  if (why?.cancelRequested) return 'Cancelled';
  if (why?.notFound) return 'Temporal no longer ran the run';
  if (why?.timedOut) return 'Temporal had given the attempt up';
  if (why?.paused || why?.reset) return 'an operator paused or reset the activity';
  return 'the worker was stopped';
}
