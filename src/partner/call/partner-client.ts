import type { CheckedSlice, PageEnd } from '../answer/checked-page';
import type { Partner } from '../config/partner';
import { pageUrl } from '../page/next-page';
import { copied, type PageCopier, pageHeadOf } from '../page/page-head';
import { createPageReader } from '../page/read-page';
import { createAuthorize, rejectedStatusOf } from './authorize';
import { createRequestBuilder, type RequestValues } from './build-request';
import { createGetToken } from './get-token';
import { type CallProgress, requestPartner } from './request';

/** What the request for a page depends on. */
export interface PageRequest extends RequestValues {
  /** From the end of the page before; null for the first page. */
  readonly cursor: string | null;
}

/** The partner's two endpoints. Each method makes exactly one call, fills in `progress`, and never retries. */
export interface PartnerClient {
  /** @returns a new token; the partner invalidates the previous one, also if another program requested it */
  authenticate(progress: CallProgress, signal: AbortSignal): Promise<string>;
  /**
   * Gets one page. `receive` takes its records in slices, checked against the partner's entry in partners.yaml. The page
   * waits for it. What it and the copier took is void if the call fails.
   */
  fetchPage(
    request: PageRequest,
    progress: CallProgress,
    signal: AbortSignal,
    receive: (slice: CheckedSlice) => Promise<void>,
    copier?: PageCopier,
  ): Promise<PageEnd>;
}

/** Short for this is `checksumHeader` in partners.yaml. */
const CHECKSUM = "=sha256(join('', [token, path]))";

/** @throws PartnerFailure, from both methods, unless the answer is good */
export function createPartnerClient(partner: Partner, readPage = createPageReader(partner)): PartnerClient {
  const getToken = createGetToken(partner);
  const { checksumHeader, headers, format } = partner.providers;
  const build = createRequestBuilder(partner, 'providers', {
    ...partner.providers,
    headers: { ...headers, ...(checksumHeader !== undefined && { [checksumHeader]: CHECKSUM }) },
  });
  const authorize = createAuthorize(partner.auth);
  const rejectedStatus = rejectedStatusOf(partner.auth);
  return {
    async authenticate(progress, signal) {
      if (getToken === null) throw new Error(`${partner.name} needs no token`);
      return getToken(progress, signal);
    },

    fetchPage({ cursor, ...values }, progress, signal, receive, copier) {
      const built = build(values, (first) => pageUrl(cursor, first));
      const accept = format === 'json' ? {} : { Accept: '*/*' };
      const headers = { ...accept, ...authorize(values.token), ...built.headers };
      const { url } = built;
      const request = { ...built, headers, rejectedStatus };
      return requestPartner(partner, request, progress, signal, (response) => {
        const head = pageHeadOf(url, response.headers);
        const body = copier ? copied(response.body, head, copier) : response.body;
        return readPage({ url, isFirst: cursor === null, headers: head.headers, body }, receive);
      });
    },
  };
}
