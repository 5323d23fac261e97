import type { CheckedProvider, RejectedRecord } from '../../contract/answer';
import type { Remark } from '../../contract/remarks';

/** A checked record with its position in the page, from 0. */
export type PlacedProvider = CheckedProvider & { readonly position: number };

/** At most 250 records of a page after their check. Each record is in one of the two lists. */
export interface CheckedSlice {
  readonly providers: readonly PlacedProvider[];
  /** Their positions count within the page. Twins are not among them: the whole answer shows which records are. */
  readonly rejected: readonly RejectedRecord[];
  /** The records of `providers` as the partner sent them, in the same order. */
  readonly sent: readonly unknown[];
}

/** What is known at the end of a page. */
export interface PageEnd {
  /** All records of the page, usable or not. */
  readonly received: number;
  /** The cursor of the next page; null if this page is the last one. */
  readonly next: string | null;
  /** The number of records in all pages, as the page states it; null if it states none. */
  readonly total: number | null;
  /** Fields in the page that partners.yaml does not name. */
  readonly unknownFields: readonly string[];
  /** Fields in partners.yaml that at least one record of the page has. */
  readonly sentFields: readonly string[];
  readonly remarks: readonly Remark[];
}
