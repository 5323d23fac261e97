import { isGrpcDeadlineError, isGrpcServiceError, isRetryableError, ServiceError } from '@temporalio/client';

const TRIES = 5;

/**
 * Repeats a call to Temporal until it gets through: in a soak the server is away now and then. The client
 * itself already waits some twenty seconds in each try.
 */
export async function persistently<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === TRIES || !isPassing(error)) throw error;
    }
  }
}

function isPassing(error: unknown): boolean {
  if (isGrpcDeadlineError(error)) return true;
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && isRetryableError(cause);
}
