import type { Paging, PagingKind } from './description';
import type { MemberSettings } from './member-settings';

/** A page: which of the records it has. */
export interface PagePlace {
  /** From 1. */
  readonly number: number;
  /** Records before it. */
  readonly start: number;
  /** Records in a full page. */
  readonly size: number;
}

/** The page that a query asks for; undefined if the query is wrong. */
export function readPlace(
  paging: Paging,
  { paging: kind, pageSize, records }: MemberSettings,
  query: URLSearchParams,
): PagePlace | undefined {
  if (kind === 'none') return { number: 1, start: 0, size: records };
  const limit = readWhole(query.get(paging.limit), pageSize);
  const selected = query.get(paging.select);
  if (limit === undefined || limit < 1) return undefined;
  const size = Math.min(limit, paging.largestLimit);
  const start = readStart(kind, selected, size);
  if (start === undefined || start < 0) return undefined;
  const within = Math.min(start, paging.largestOffset ?? start);
  return { number: Math.floor(within / size) + 1, start: within, size };
}

/** The records before the page. Pages count from 1, offsets from 0. */
function readStart(kind: PagingKind, selected: string | null, size: number): number | undefined {
  if (kind === 'link' || kind === 'cursor') return readCursor(selected);
  if (kind === 'offset') return readWhole(selected, 0);
  const number = readWhole(selected, 1);
  return number === undefined ? undefined : (number - 1) * size;
}

/** The query parameters of a page. */
export function writePlace(
  paging: Paging,
  { paging: kind }: MemberSettings,
  { number, start, size }: PagePlace,
): Readonly<Record<string, string>> {
  const selected =
    kind === 'link' || kind === 'cursor' ? cursorOf(start) : kind === 'offset' ? start : number;
  return { [paging.select]: String(selected), [paging.limit]: String(size) };
}

/** A text that only the partner understands. It has characters that an address must escape. */
export function cursorOf(start: number): string {
  return Buffer.from(`after>${start}?~`).toString('base64');
}

/** The records before the page; undefined if this partner did not make the cursor. */
function readCursor(text: string | null): number | undefined {
  if (text === null) return 0;
  const start = Number(/^after>(\d+)\?~$/.exec(Buffer.from(text, 'base64').toString())?.[1]);
  return cursorOf(start) === text ? start : undefined;
}

function readWhole(text: string | null, missing: number): number | undefined {
  if (text === null) return missing;
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
