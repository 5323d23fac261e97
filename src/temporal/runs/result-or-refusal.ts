import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { FailureType } from '../../contract/failures';
import { ExpectedError } from '../../process/expected-error';

/**
 * Waits for the result of a workflow that a person requested.
 *
 * @throws ExpectedError if the input was refused, with the reason
 */
export async function resultOrRefusal<T>(handle: { result(): Promise<T> }): Promise<T> {
  try {
    return await handle.result();
  } catch (error) {
    const refusal = error instanceof WorkflowFailedError ? refusalIn(error.cause) : null;
    throw refusal === null ? error : new ExpectedError(refusal);
  }
}

function refusalIn(error: Error | undefined): string | null {
  if (!error) return null;
  const isRefusal =
    error instanceof ApplicationFailure && error.type === ('InvalidInput' satisfies FailureType);
  return isRefusal ? error.message : refusalIn(error.cause as Error | undefined);
}
