import { createHash } from 'node:crypto';
import type { CheckedSlice, PageEnd } from '../answer/checked-page';
import type { Partner } from '../config/partner';
import { pageUrl } from '../page/next-page';
import { createPageReader } from '../page/read-page';
import { valuesOf } from './answer-headers';
import { PartnerFailure } from './partner-failure';
import { type CallProgress, readWhole, requestPartner } from './request';

/** What the request for a page depends on. */
export interface PageRequest {
  /** Null if the partner needs none. */
  readonly token: string | null;
  /** From the end of the page before; null for the first page. */
  readonly cursor: string | null;
  /** ISO 8601: when the last good run started; null before the first one. */
  readonly since: string | null;
}

/** The partner's two endpoints. Each method makes exactly one call, fills in `progress`, and never retries. */
export interface PartnerClient {
  /** @returns a new token; the partner invalidates the previous one, also if another program requested it */
  authenticate(progress: CallProgress, signal: AbortSignal): Promise<string>;
  /**
   * Gets one page. `receive` takes its records in slices, checked against the partner's entry in partners.yaml. The page
   * waits for it. What it took is void if the call fails.
   */
  fetchPage(
    request: PageRequest,
    progress: CallProgress,
    signal: AbortSignal,
    receive: (slice: CheckedSlice) => Promise<void>,
  ): Promise<PageEnd>;
}

/** @throws PartnerFailure, from both methods, unless the answer is good */
export function createPartnerClient(partner: Partner): PartnerClient {
  const { path: authPath, tokenHeader } = partner.auth ?? {};
  const { path, checksumHeader } = partner.providers;
  if (authPath === undefined || tokenHeader === undefined || checksumHeader === undefined) {
    throw new Error(`The requests of ${partner.name} cannot be built.`);
  }
  const readPage = createPageReader(partner);
  const first = new URL(`${partner.baseUrl}${path}`);
  return {
    async authenticate(progress, signal) {
      const headers = await requestPartner(
        partner,
        { url: new URL(`${partner.baseUrl}${authPath}`), sendsToken: false },
        progress,
        signal,
        async (response) => {
          await readWhole(response.body);
          return response.headers;
        },
      );
      const [token, ...others] = new Set(valuesOf(headers, tokenHeader));
      if (!token) throw new PartnerFailure('IncompleteResponse', `no token in the header ${tokenHeader}`);
      if (others.length > 0) {
        throw new PartnerFailure('IncompleteResponse', `two different tokens in the header ${tokenHeader}`);
      }
      return token;
    },

    fetchPage({ token, cursor }, progress, signal, receive) {
      const url = pageUrl(cursor, first);
      const checksum = requestChecksum(token ?? '', url.pathname);
      return requestPartner(
        partner,
        { url, headers: { [checksumHeader]: checksum }, sendsToken: true },
        progress,
        signal,
        (response) => readPage({ ...response, url, isFirst: cursor === null }, receive),
      );
    },
  };
}

/**
 * The value of the checksum header: SHA-256 (hex) of the token followed by the request's path. For `12345` and
 * `/providers` it is `bf6fa075e6d9…`.
 */
export function requestChecksum(token: string, path: string): string {
  return createHash('sha256').update(`${token}${path}`).digest('hex');
}
