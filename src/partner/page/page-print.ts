import { createHash } from 'node:crypto';
import type { CheckedSlice } from '../answer/checked-page';
import { incomplete } from './limits';

const LENGTH = 16;

/**
 * The fingerprint of a page's records. Some partners cap an offset or the number of a page, and repeat the last page
 * without end. So the cursor of such a page carries the fingerprint of the page before, as its fragment.
 */
export class PagePrint {
  private readonly hash = createHash('sha256');

  add({ providers, rejected }: CheckedSlice): void {
    for (const { identityKey } of providers) this.hash.update(identityKey);
    for (const { raw } of rejected) this.hash.update(raw);
  }

  /**
   * Adds the fingerprint to the cursor of the next page, if the partner does not choose that cursor itself.
   *
   * @param cursor the one that led to this page
   * @throws PartnerFailure `IncompleteResponse` if the page before had the same records
   */
  sign(next: string | null, cursor: string | null, counts: boolean): string | null {
    if (next === null || !counts) return next;
    const print = this.hash.digest('hex').slice(0, LENGTH);
    if (cursor?.endsWith(`#${print}`)) throw incomplete('the page had the same records as the page before');
    return `${next}#${print}`;
  }
}
