import { isGrpcDeadlineError, isGrpcServiceError, isRetryableError, ServiceError } from '@temporalio/client';

const TRIES = 5;

/**
 * Repeats a call to Temporal until it succeeds, because the server is sometimes unavailable during a soak. In each
 * try, the client itself already waits for some twenty seconds.
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
