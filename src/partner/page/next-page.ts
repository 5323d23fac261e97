import type { Json } from '../../contract/answer';
import type { AnswerHeaders } from '../call/answer-headers';
import type { Body } from '../config/texts';
import { bodyFragment, valueInBody, valueInFragment } from '../language/body-place';
import { compileValue } from '../language/value';
import { incomplete } from './limits';
import { findLink } from './link-header';

/** `next` of a partner in partners.yaml: exactly one of these. */
export interface NextRule {
  readonly link?: string | undefined;
  readonly header?: string | undefined;
  readonly cursor?:
    | { readonly query?: string | undefined; readonly body?: string | undefined; readonly from: string }
    | undefined;
  readonly page?: SentNumber | undefined;
  readonly offset?: SentNumber | undefined;
}

/** A number that requests send: the parameter of the query, or the place in the body. */
export type SentNumber = string | { readonly body: string };

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
 * Creates the function that says where the next page is. A cursor is a path with its query (`/list?page=2`), which
 * replaces those of the first request, a query (`?skip=200`), which replaces single parameters of it, or a fragment
 * (`#from=200`), which replaces values in its body. The next page can therefore be requested on another worker.
 *
 * @param body of the first request, as partners.yaml has it
 * @returns a function that returns the cursor of the next page; null after an empty page, or if the answer names none. It
 *   throws PartnerFailure `IncompleteResponse` if the answer leads back to the same page
 */
export function createNextPage(rule: NextRule, body: Body = {}): (page: ReadPage) => string | null {
  const find = createFind(rule, body);
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
  const url = new URL(first);
  if (cursor.startsWith('#')) {
    url.hash = cursor;
    return url;
  }
  if (!cursor.startsWith('?')) return new URL(`${first.origin}${cursor}`);
  for (const [name, value] of new URLSearchParams(cursor)) url.searchParams.set(name, value);
  return url;
}

function createFind(rule: NextRule, body: Body): (page: ReadPage) => string | null {
  const { link, header, cursor, page: number, offset } = rule;
  if (header !== undefined) return ({ headers, url }) => linkCursor(findLink(headers, header), url);
  if (link !== undefined) {
    const value = compileValue(link);
    return ({ root, url }) => linkCursor(readText(value.read(root ?? null)), url);
  }
  if (cursor !== undefined) {
    const value = compileValue(cursor.from);
    const { query = '', body: place } = cursor;
    return ({ root }) => {
      const next = value.read(root ?? null);
      return place === undefined ? queryCursor(query, readText(next)) : bodyCursor(place, next);
    };
  }
  if (number !== undefined) return countPages(number, body, 1, () => 1);
  if (offset !== undefined) return countPages(offset, body, 0, ({ received }) => received);
  return () => null;
}

/** @param first the number of the first page, if its request has none */
function countPages(
  sent: SentNumber,
  body: Body,
  first: number,
  step: (page: ReadPage) => number,
): (page: ReadPage) => string {
  if (typeof sent === 'string') {
    return (page) =>
      `?${new URLSearchParams([[sent, String(numberIn(page.url, sent, first) + step(page))]])}`;
  }
  const place = sent.body;
  const begin = Number(valueInBody(body, place) ?? first);
  return (page) => bodyFragment(place, Number(valueInFragment(page.url, place) ?? begin) + step(page));
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

/** A cursor in a body can be any JSON, such as the list of values after which the next page begins. */
function bodyCursor(place: string, value: Json | undefined): string | null {
  const isAbsent = value === undefined || value === null || value === false || value === '';
  return isAbsent || (Array.isArray(value) && value.length === 0) ? null : bodyFragment(place, value);
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
