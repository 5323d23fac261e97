import type { Endpoint, PartnerCall } from './sync';

/**
 * A call whose worker was lost before its first word. It counts as made, though perhaps it was not.
 *
 * @param noticedAt the time that stands for its start, which nobody knows
 */
export function lostCall(endpoint: Endpoint, attempt: number, noticedAt: Date): PartnerCall {
  return {
    endpoint,
    attempt,
    startedAt: noticedAt.toISOString(),
    tookMs: null,
    httpStatus: null,
    bytes: null,
    outcome: 'Interrupted',
    detail: 'the worker was gone before it could say whether it had called',
  };
}
