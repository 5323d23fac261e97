import type { FailureType } from '../../contract/failures';
import { NamedFailure } from '../../contract/named-failure';
import { parseHttpDate } from './http-date';

/** The failures that a call to the partner can end with. */
export type PartnerFailureType = Extract<
  FailureType,
  | 'PartnerUnreachable'
  | 'PartnerTimeout'
  | 'PartnerError'
  | 'PartnerBusy'
  | 'IncompleteResponse'
  | 'TokenRejected'
  | 'RequestRejected'
  | 'RequestInvalid'
  | 'ResponseTooLarge'
>;

/** A failed call to the partner. The message describes the answer and never contains a part of it. */
export class PartnerFailure extends NamedFailure {
  override readonly name = 'PartnerFailure';
  declare readonly type: PartnerFailureType;

  constructor(
    type: PartnerFailureType,
    message: string,
    /** Milliseconds that the partner asked us to wait before the next call. */
    readonly retryAfterMs?: number,
  ) {
    super(type, message);
  }
}

/** The statuses that name another address (RFC 9110, 15.4). 304 does not: it is an answer to a condition. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * The failure that an HTTP status means; null for success.
 *
 * @param rejectedStatus the statuses that mean that the token was rejected; none if no token was sent
 */
export function statusFailure(
  status: number,
  retryAfter: string | undefined,
  rejectedStatus: readonly number[],
): PartnerFailure | null {
  if (status === 200) return null;
  if (rejectedStatus.includes(status)) return new PartnerFailure('TokenRejected', `HTTP ${status}`);
  if (status === 408) return new PartnerFailure('PartnerTimeout', 'HTTP 408: the partner gave up waiting');
  if (status === 429 || status === 503) {
    return new PartnerFailure('PartnerBusy', `HTTP ${status}`, parseRetryAfter(retryAfter, Date.now()));
  }
  if (status >= 500) return new PartnerFailure('PartnerError', `HTTP ${status}`);
  if (status >= 400) return new PartnerFailure('RequestRejected', `HTTP ${status}`);
  if (REDIRECTS.has(status)) {
    return new PartnerFailure('RequestRejected', `HTTP ${status}: redirects are not followed`);
  }
  if (status >= 300) return new PartnerFailure('RequestRejected', `HTTP ${status} where 200 was expected`);
  return new PartnerFailure('IncompleteResponse', `HTTP ${status} where 200 was expected`);
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), as milliseconds from `now`; undefined if it is neither. */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = parseHttpDate(text, now);
  return date === undefined ? undefined : Math.max(0, date - now);
}

/** The failure that an error of Node's network, TLS or HTTP layer means. `answering`: a status was already received. */
export function networkFailure(code: string | undefined, answering: boolean): PartnerFailure {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new PartnerFailure('ResponseTooLarge', 'the headers were larger than 16 KiB');
  }
  if (code?.startsWith('HPE_')) {
    return new PartnerFailure('IncompleteResponse', `the answer was not valid HTTP (${code})`);
  }
  if (code?.startsWith('Z_') || code?.startsWith('ERR__ERROR_FORMAT')) {
    return new PartnerFailure('IncompleteResponse', `the body could not be decompressed (${code})`);
  }
  if (answering) {
    return new PartnerFailure(
      'IncompleteResponse',
      `the connection broke before the body was complete (${code ?? 'closed'})`,
    );
  }
  return new PartnerFailure('PartnerUnreachable', code ?? 'the connection was closed');
}
