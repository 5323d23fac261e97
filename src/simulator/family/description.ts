import type { Json } from '../../contract/answer';
import type { Clinician } from './clinicians';

export const FORMATS = ['json', 'ndjson', 'csv', 'lines'] as const;
/** How records become a body. A record of `lines` is a text, a record of `csv` an object of texts. */
export type Format = (typeof FORMATS)[number];

export const PAGING_KINDS = ['none', 'link', 'header', 'cursor', 'page', 'offset'] as const;
/**
 * How a caller gets from page to page: not at all, by an address in the body, by an address in the header Link, by a
 * text in the body, by the number of the page, or by the number of the records before it.
 */
export type PagingKind = (typeof PAGING_KINDS)[number];

/** The paging of a partner. Names are names of query parameters, or of variables in the body. */
export interface Paging {
  readonly kind: PagingKind;
  /** Selects the page. */
  readonly select: string;
  /** Sets the number of records in a page. */
  readonly limit: string;
  /** A larger number of records counts as this one. */
  readonly largestLimit: number;
  /** A larger offset counts as this one. */
  readonly largestOffset?: number;
  /** The path of the pages after the first, if it is another one. */
  readonly nextPath?: string;
  /** Whether a page is asked for by a POST, whose JSON body has the parameters as `variables`. */
  readonly isInBody?: boolean;
}

/** How a partner recognises its callers. */
export type Auth =
  | { readonly kind: 'none' }
  | { readonly kind: 'apiKey'; readonly header: string; readonly key: string }
  | {
      readonly kind: 'tokenHeader';
      readonly path: string;
      readonly tokenHeader: string;
      readonly checksumHeader: string;
    }
  | {
      readonly kind: 'oauth';
      readonly path: string;
      readonly clientId: string;
      readonly clientSecret: string;
    }
  | {
      readonly kind: 'signature';
      readonly signatureHeader: string;
      readonly timeHeader: string;
      readonly key: string;
      /** The greatest difference between the caller's clock and the partner's, in seconds. */
      readonly windowSeconds: number;
    };

/** The records of a page, as the envelope of a JSON body contains them. */
export interface PageContents {
  /** Stands for the list of records. */
  readonly records: Json;
  /** Records in this page. */
  readonly count: number;
  /** Records in all pages. */
  readonly total: number;
  /** The address of this page. */
  readonly self: string;
  /** The address or cursor of the next page; null on the last page and if the paging has neither. */
  readonly next: string | null;
}

/** A simulated partner: what distinguishes it from the others. */
export interface Description {
  /** In a sentence, for the page of the simulator. */
  readonly summary: string;
  /** Below the partner's base path, such as `/acme`. */
  readonly path: string;
  readonly format: Format;
  readonly contentType?: string;
  readonly auth: Auth;
  readonly paging: Paging;
  readonly pageSize: number;
  readonly record: (clinician: Clinician) => Json;
  /** The JSON body around the records. */
  readonly envelope: (page: PageContents) => Json;
  /** A refusal of a query in the partner's own form; undefined if the query is acceptable. */
  readonly refuse?: (query: URLSearchParams) => Json | undefined;
}
