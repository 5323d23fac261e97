import { isGrpcServiceError } from '@temporalio/client';

/** The status codes of gRPC that we tell apart: https://grpc.io/docs/guides/status-codes/ */
const CODES = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  FAILED_PRECONDITION: 9,
  UNIMPLEMENTED: 12,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** Whether an error is an answer of Temporal's server, or of the connection to it, with one of these status codes. */
export function hasGrpcStatus(error: unknown, ...statuses: readonly (keyof typeof CODES)[]): boolean {
  return isGrpcServiceError(error) && statuses.some((status) => CODES[status] === error.code);
}
