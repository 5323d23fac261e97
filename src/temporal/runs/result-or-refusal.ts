import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../../contract/failures';
import type { RunFailure } from '../../contract/run';
import { EXIT, ExpectedError } from '../../process/expected-error';
import { failureOf } from './failure-of';

/** A workflow that a person requested ended without a result: it failed, or someone ended it in Temporal. */
export class RequestFailedError extends ExpectedError {
  constructor(
    readonly failure: RunFailure,
    options: ErrorOptions,
  ) {
    const { type, message } = failure;
    super(
      `The request ended without a result: ${type}. ${message.replace(/([^.])$/, '$1.')} It may have been done in part. Repeat it.`,
      EXIT.failed,
      options,
    );
  }
}

/**
 * Waits for the result of a workflow that a person requested.
 *
 * @throws ExpectedError if the input was refused, with the reason
 * @throws RequestFailedError if the workflow ended without a result
 */
export async function resultOrRefusal<T>(handle: { result(): Promise<T> }): Promise<T> {
  try {
    return await handle.result();
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const refusal = refusalIn(error.cause);
    if (refusal !== null) throw new ExpectedError(refusal);
    throw new RequestFailedError(failureOf(error).failure, { cause: error });
  }
}

function refusalIn(error: Error | undefined): string | null {
  if (!error) return null;
  const isRefusal =
    error instanceof ApplicationFailure && error.type === ('InvalidInput' satisfies FailureType);
  return isRefusal ? error.message : refusalIn(error.cause as Error | undefined);
}
