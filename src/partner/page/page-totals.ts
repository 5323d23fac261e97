import { usableLimits } from '../answer/unusable-answer';
import { PartnerFailure } from '../call/partner-failure';
import type { Partner } from '../config/partner';
import { incomplete } from './limits';

/** The pages of an answer so far, with the one that was just read. */
export interface PageTotals {
  readonly pages: number;
  readonly records: number;
  /** The number of records in all pages, as the last page that states one states it. */
  readonly total: number | null;
  /** The largest number that a page states so far; null if none states one. */
  readonly largestTotal: number | null;
  /** The page to which the next cursor has led before; null if the cursor is new. */
  readonly repeatedPage: number | null;
  /** The earlier page with the same people; null if there is none, or if the page has fewer than two records. */
  readonly equalPage: number | null;
}

/** The end of a page, as far as the rules about pages need it. */
interface PageFacts {
  /** All records of the page, usable or not. */
  readonly received: number;
  /** The cursor of the next page; null if this page is the last one. */
  readonly next: string | null;
  /** The number of records in all pages, as the page states it; null if it states none. */
  readonly total: number | null;
}

/**
 * The rules about the pages of an answer. A page that breaks one is not kept.
 *
 * @param next the cursor of the next page; null if there is none
 * @throws PartnerFailure `IncompleteResponse` or `ResponseTooLarge`
 */
export function refuseBadPages(
  totals: PageTotals,
  next: string | null,
  partner: Pick<Partner, 'providers' | 'feed'>,
): void {
  const { pages, records, repeatedPage, equalPage } = totals;
  const { maximumPages } = partner.providers;
  const isLast = next === null;
  if (repeatedPage !== null) throw incomplete(`the next page was page ${repeatedPage} again`);
  if (equalPage !== null) throw incomplete(`page ${pages} had the same records as page ${equalPage}`);
  refuseTooMany(records, partner.providers);
  if (!isLast && pages >= maximumPages) {
    throw new PartnerFailure('ResponseTooLarge', `more pages than maximumPages (${maximumPages})`);
  }
  if (isLast && pages === 1) refuseShort(records, partner);
  refuseOtherTotal(totals, isLast);
}

/**
 * The same rules for the first page, which needs no other one.
 *
 * @throws PartnerFailure `IncompleteResponse` or `ResponseTooLarge`
 */
export function refuseBadFirstPage(page: PageFacts, partner: Pick<Partner, 'providers' | 'feed'>): void {
  const { received: records, next, total } = page;
  const totals = { pages: 1, records, total, largestTotal: total, repeatedPage: null, equalPage: null };
  refuseBadPages(totals, next, partner);
}

/**
 * @param records of all pages so far
 * @throws PartnerFailure `ResponseTooLarge`
 */
export function refuseTooMany(
  records: number,
  { maximumCount }: Pick<Partner['providers'], 'maximumCount'>,
): void {
  if (records <= maximumCount) return;
  throw new PartnerFailure('ResponseTooLarge', `more records than maximumCount (${maximumCount})`);
}

/** Copies in several pages are not known yet. So a list of several pages that is too short is an UnusableAnswer later. */
function refuseShort(records: number, partner: Pick<Partner, 'providers' | 'feed'>): void {
  const { minimumCount } = usableLimits(partner);
  if (records >= minimumCount) return;
  throw incomplete(`${records} records where at least ${minimumCount} were expected`);
}

/**
 * A list may grow while it is read: at most the new records are missed. If it shrinks, later records move forward, and
 * those at the start of the next page are missed.
 */
function refuseOtherTotal({ records, total, largestTotal }: PageTotals, isLast: boolean): void {
  if (total === null || largestTotal === null) return;
  if (total < largestTotal) {
    throw incomplete(`the total was ${total} records, after an earlier page stated ${largestTotal}`);
  }
  if (isLast ? records !== total : records > total) throw incomplete(`${records} records of ${total}`);
}

/** Adds up the pages of an answer in memory, as staging does in Postgres. */
export class PageTally {
  private pages = 0;
  private records = 0;
  private total: number | null = null;
  private largestTotal: number | null = null;
  private readonly byCursor = new Map<string, number>();
  private readonly byContent = new Map<string, number>();

  /**
   * @param cursor led to the page; null for the first page
   * @param contentHash of the page, as {@link PageHash} returns it
   */
  add({ received, next, total }: PageFacts, cursor: string | null, contentHash: Buffer): PageTotals {
    this.pages += 1;
    this.records += received;
    this.total = total ?? this.total;
    if (total !== null) this.largestTotal = Math.max(total, this.largestTotal ?? total);
    if (cursor !== null) this.byCursor.set(cursor, this.pages);
    const content = contentHash.toString('hex');
    const equalPage = received > 1 ? (this.byContent.get(content) ?? null) : null;
    if (equalPage === null) this.byContent.set(content, this.pages);
    return {
      pages: this.pages,
      records: this.records,
      total: this.total,
      largestTotal: this.largestTotal,
      repeatedPage: next === null ? null : (this.byCursor.get(next) ?? null),
      equalPage,
    };
  }
}
