import {
  isGrpcServiceError,
  NamespaceNotFoundError,
  ScheduleNotFoundError,
  ServiceError,
} from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

/** How the SDK reports that something is missing. They are no {@link ServiceError}. */
const MISSING = [NamespaceNotFoundError, ScheduleNotFoundError, WorkflowNotFoundError];

/** Why Temporal did not do what a request asked, in a few words; undefined if the error is not about that. */
export function temporalReason(error: unknown): string | undefined {
  if (isGrpcServiceError(error)) return error.details;
  if (MISSING.some((kind) => error instanceof kind)) return (error as Error).message;
  if (error instanceof ServiceError) return temporalReason(error.cause) ?? error.message;
  return isTransportError(error) ? error.message.split(': Status {')[0] : undefined;
}

/**
 * An error of a worker's connection; its message ends with a dump of the whole answer. Its class is in the package of
 * workers, which takes a third of a second of CPU time to load.
 */
function isTransportError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'TransportError';
}
