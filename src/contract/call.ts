import type { FailureType } from './failures';

export const ENDPOINTS = ['auth', 'providers'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** One call to the partner, as the table `partner_calls` keeps it. */
export interface PartnerCall {
  readonly endpoint: Endpoint;
  /** The page for which the call was made, from 1. It is left out for the first one. */
  readonly page?: number;
  /** Counts the calls to this endpoint for this page, from 1. */
  readonly attempt: number;
  /** When Temporal made the attempt available to a worker (ISO 8601, UTC). Workers of version 0.1.0 leave it out. */
  readonly scheduledAt?: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Milliseconds; null if the end of the call was not recorded. */
  readonly tookMs: number | null;
  readonly httpStatus: number | null;
  /** Bytes of the body after decompression; null if no body was read. */
  readonly bytes: number | null;
  /** `ok`, the name of the failure, or `Interrupted` if the worker stopped before the call ended. */
  readonly outcome: 'ok' | 'Interrupted' | FailureType;
  /** A description of the answer. It never contains a part of the answer. */
  readonly detail: string | null;
}

/** The endpoint and the page of a call. */
export type CallPlace = Pick<PartnerCall, 'endpoint' | 'page'>;

/** @param page from 1 */
export function callPlace(endpoint: Endpoint, page = 1): CallPlace {
  return page === 1 ? { endpoint } : { endpoint, page };
}

/**
 * A call whose worker was lost before it reported anything. It counts as made, although it may not have been.
 *
 * @param noticedAt is recorded as the start of the call, which is unknown
 */
export function lostCall(place: CallPlace, attempt: number, noticedAt: Date): PartnerCall {
  return {
    ...place,
    attempt,
    startedAt: noticedAt.toISOString(),
    tookMs: null,
    httpStatus: null,
    bytes: null,
    outcome: 'Interrupted',
    detail: 'the worker was lost before it reported whether it made the call',
  };
}
