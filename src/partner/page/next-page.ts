import type { Json } from '../../contract/answer';
import type { AnswerHeaders } from '../call/answer-headers';
import { compileValue } from '../language/value';
import { incomplete } from './limits';
import { findLink } from './link-header';

/** `next` of a partner in partners.yaml: exactly one of these. */
export interface NextRule {
  readonly link?: string | undefined;
  readonly header?: string | undefined;
  readonly cursor?: { readonly query: string; readonly from: string } | undefined;
  readonly page?: string | undefined;
  readonly offset?: string | undefined;
}

/** A page that has been read. */
export interface ReadPage {
  /** Where it was requested. */
  readonly url: URL;
  /** The answer, without the records of a streamed list; undefined for other formats than JSON. */
  readonly root: Json | undefined;
  readonly headers: AnswerHeaders;
  readonly received: number;
}

/** A longer one would not fit into a request. */
const MAX_CURSOR = 8_000;

/**
 * Creates the function that says where the next page is. A cursor is either a path with its query (`/list?page=2`), which
 * replaces those of the first request, or a query (`?skip=200`), which replaces single parameters of it. The next page can
 * therefore be requested on another worker.
 *
 * @returns a function that returns the cursor of the next page; null after an empty page, or if the answer names none. It
 *   throws PartnerFailure `IncompleteResponse` if the answer leads back to the same page
 */
export function createNextPage(rule: NextRule): (page: ReadPage) => string | null {
  const find = createFind(rule);
  return (page) => {
    if (page.received === 0) return null;
    const cursor = find(page);
    if (cursor === null) return null;
    if (cursor.length > MAX_CURSOR) {
      throw incomplete(`the address of the next page had ${cursor.length} characters`);
    }
    if (pageUrl(cursor, page.url).href === page.url.href) {
      throw incomplete('the address of the next page was that of this page');
    }
    return cursor;
  };
}

/** Where a page is requested: on the origin of the first request, whatever the cursor. */
export function pageUrl(cursor: string | null, first: URL): URL {
  if (cursor === null) return first;
  if (!cursor.startsWith('?')) return new URL(`${first.origin}${cursor}`);
  const url = new URL(first);
  for (const [name, value] of new URLSearchParams(cursor)) url.searchParams.set(name, value);
  return url;
}

function createFind(rule: NextRule): (page: ReadPage) => string | null {
  const { link, header, cursor, page: pageName, offset } = rule;
  if (header !== undefined) return ({ headers, url }) => linkCursor(findLink(headers, header), url);
  if (link !== undefined) {
    const value = compileValue(link);
    return ({ root, url }) => linkCursor(readText(value.read(root ?? null)), url);
  }
  if (cursor !== undefined) {
    const value = compileValue(cursor.from);
    return ({ root }) => queryCursor(cursor.query, readText(value.read(root ?? null)));
  }
  if (pageName !== undefined) return ({ url }) => queryCursor(pageName, numberIn(url, pageName, 1) + 1);
  if (offset !== undefined) {
    return ({ url, received }) => queryCursor(offset, numberIn(url, offset, 0) + received);
  }
  return () => null;
}

/** Only the path and the query of a link count. */
function linkCursor(link: string | null | undefined, url: URL): string | null {
  if (link === null || link === undefined) return null;
  const target = URL.canParse(link, url.href) ? new URL(link, url) : null;
  if (target?.protocol !== 'http:' && target?.protocol !== 'https:') {
    throw incomplete('the link to the next page was no address');
  }
  return `${target.pathname}${target.search}`;
}

function queryCursor(name: string, value: string | number | null): string | null {
  return value === null ? null : `?${new URLSearchParams([[name, String(value)]])}`;
}

/** A link or cursor; null if it says that there is no other page. */
function readText(value: Json | undefined): string | null {
  if (value === undefined || value === null || value === false || value === '') return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw incomplete('the link or cursor of the next page was no text');
}

function numberIn(url: URL, name: string, otherwise: number): number {
  const text = url.searchParams.get(name) ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : otherwise;
}
