import { ApplicationFailure } from '@temporalio/workflow';
import type { OfRun, OpenedRun } from '../src/contract/activities';
import type { FailureType } from '../src/contract/failures';
import { UnreadablePayload } from '../src/contract/unreadable-payload';

/**
 * Checks that a result belongs to the step and the run. Anyone who can reach Temporal can send it a result.
 *
 * @param run left out for the step that opens the run
 * @throws ApplicationFailure `InvalidResult`
 */
export function takeResult<T extends object>(
  step: string,
  result: unknown,
  isResult: (value: unknown) => value is T,
  run?: OpenedRun,
): T {
  if (result instanceof UnreadablePayload) {
    throw invalidResult(`The result of ${step} could not be read: ${result.reason}.`);
  }
  if (!isResult(result)) throw invalidResult(`The result of ${step} has another shape.`);
  if (run?.stepsNameRun && (result as OfRun).runId !== run.id) {
    throw invalidResult(`The result of ${step} belongs to another run.`);
  }
  return result;
}

export function invalidResult(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidResult' satisfies FailureType);
}
