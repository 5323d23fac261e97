import type { Description } from './description';
import type { MemberSettings } from './member-settings';
import { cursorOf, type PagePlace, writePlace } from './paging';

/** A request for a page that was let in. */
export interface PageRequest {
  /** The origin that the caller used, such as `http://127.0.0.1:4010`. */
  readonly origin: string;
  /** Of the partner, such as `/acme`. */
  readonly basePath: string;
  readonly query: URLSearchParams;
  readonly acceptsGzip: boolean;
}

/** What an answer says about other pages. */
export interface Pointers {
  /** The address or cursor of the next page in the body. */
  readonly next: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Names the next page in the way of the partner's paging. Numbers of pages and offsets are the caller's to count. */
export function pointTo(
  next: PagePlace | null,
  partner: Description,
  settings: MemberSettings,
  request: PageRequest,
): Pointers {
  const { paging } = settings;
  if (next === null) return { next: null, headers: {} };
  if (paging === 'cursor') return { next: cursorOf(next.start), headers: {} };
  if (paging !== 'link' && paging !== 'header') return { next: null, headers: {} };
  const address = addressOf(next, partner, settings, request);
  if (paging === 'link') return { next: address, headers: {} };
  const first = addressOf({ ...next, number: 1, start: 0 }, partner, settings, request);
  return { next: null, headers: { Link: `<${first}>; rel="first", <${address}>; rel="next"` } };
}

/** The address of a page, in the form of the settings. */
export function addressOf(
  place: PagePlace,
  { path, paging }: Description,
  settings: MemberSettings,
  { origin, basePath }: PageRequest,
): string {
  const query = `?${new URLSearchParams(writePlace(paging, settings, place))}`;
  const fromRoot = `${basePath}${place.start > 0 ? (paging.nextPath ?? path) : path}${query}`;
  return { absolute: `${origin}${fromRoot}`, relative: fromRoot, query }[settings.links];
}
