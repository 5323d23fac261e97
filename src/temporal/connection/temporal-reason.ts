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
  if (isGrpcServiceError(error)) return causeIn(error.details || error.message);
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

/** Extracts the cause from the details of gRPC and OpenSSL. */
function causeIn(details: string): string {
  const [line = ''] = details.replace(/^.*Last error: (Error: )?/, '').split('\n');
  const [, openssl] = /:SSL routines:[^:]*:([^:]+)/.exec(line) ?? [];
  const words = openssl ?? line.replace(/ \(\d{4}-[^)]*\)|\.? Resolution note: .*$|\.$/g, '').trim();
  // The rest is how long each part of the attempt took, which is another text at each check.
  if (words.startsWith('Deadline exceeded')) return 'it did not answer in time';
  // Through a proxy gRPC gives no other reason.
  return words === 'undefined' ? 'no connection was made' : words;
}
