import { isGrpcServiceError, NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { TransportError } from '@temporalio/worker';

/** Why Temporal did not do what a request asked, in a few words; undefined if the error is not about that. */
export function temporalReason(error: unknown): string | undefined {
  if (isGrpcServiceError(error)) return error.details;
  if (error instanceof NamespaceNotFoundError || error instanceof WorkflowNotFoundError) return error.message;
  if (error instanceof ServiceError) return temporalReason(error.cause) ?? error.message;
  // The message ends with a dump of the whole answer.
  return error instanceof TransportError ? error.message.split(': Status {')[0] : undefined;
}
