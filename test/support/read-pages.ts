import type { CheckedProvider, RejectedRecord } from '../../src/contract/answer';
import { createPartnerClient } from '../../src/partner/call/partner-client';
import type { CallProgress } from '../../src/partner/call/request';
import type { Partner } from '../../src/partner/config/partner';

/** The list of a partner, page after page, as its client reads it without retries. */
export interface ReadPages {
  readonly providers: readonly CheckedProvider[];
  readonly rejected: readonly RejectedRecord[];
  /** Records in each page. */
  readonly received: readonly number[];
  /** The total that each page states. */
  readonly totals: readonly (number | null)[];
}

/** More pages than any test serves: a client that does not find the end stops here. */
const MAX_PAGES = 100;

/** Reads all pages of a partner, with a token if the partner needs one. */
export async function readPages(partner: Partner): Promise<ReadPages> {
  const client = createPartnerClient(partner);
  const token = await newToken(partner);
  const read = { providers: [], rejected: [], received: [], totals: [] } as {
    [Key in keyof ReadPages]: unknown[];
  };
  let cursor: string | null = null;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const end = await client.fetchPage(
      { token, cursor, since: null },
      progress(),
      signal(),
      async (slice) => {
        read.providers.push(...slice.providers);
        read.rejected.push(...slice.rejected);
      },
    );
    read.received.push(end.received);
    read.totals.push(end.total);
    cursor = end.next;
    if (cursor === null) return read as unknown as ReadPages;
  }
  throw new Error(`The list did not end within ${MAX_PAGES} pages.`);
}

/** A token of the partner; null if it needs none. */
export async function newToken(partner: Partner): Promise<string | null> {
  const needsToken = partner.auth?.path !== undefined || partner.auth?.oauth !== undefined;
  return needsToken ? createPartnerClient(partner).authenticate(progress(), signal()) : null;
}

function progress(): CallProgress {
  return { httpStatus: null, bytes: null };
}

function signal(): AbortSignal {
  return AbortSignal.timeout(60_000);
}
