import type { ComponentChildren } from 'preact';

interface PagerProps {
  /** The path and query of this page. */
  readonly url: string;
  readonly nextCursor: string | null;
  /** The way back, in lists that have one. */
  readonly previousCursor?: string | null;
  /** Where the page is in the list, in lists that are counted. */
  readonly position?: Position;
  /** The plural name of the items, for screen readers. */
  readonly of: string;
  /** Links that stand beside, such as to the CSV export. */
  readonly children?: ComponentChildren;
}

/** Where a page is in its list. */
export interface Position {
  /** The number of its first item, from 1. */
  readonly from: number;
  /** The number of its items. */
  readonly shown: number;
  readonly count: number;
  /** False if the list has more items than the count. */
  readonly isExact: boolean;
}

/** The number of items of a page of a list. */
export const PAGE_SIZE = 50;

/** Links to the first, previous and next page of a list. Empty if the list has one page and nothing stands beside. */
export function Pager({ url, nextCursor, previousCursor, position, of, children }: PagerProps) {
  const onLaterPage = isLaterPage(url);
  const addressOf = (cursor: string, distance: number) =>
    withParameters(url, { cursor, from: position ? String(Math.max(1, position.from + distance)) : null });
  if (!onLaterPage && !nextCursor && !children) return null;
  return (
    <nav class="pager" aria-label={`More ${of}`}>
      {position && <p class="position">{textOf(position)}</p>}
      <div class="actions">
        {onLaterPage && (
          <a class="button" id="first-page" href={withParameters(url, { cursor: null, from: null })}>
            First page
          </a>
        )}
        {previousCursor && (
          <a class="button" id="previous-page" href={addressOf(previousCursor, -PAGE_SIZE)} rel="prev">
            Previous page
          </a>
        )}
        {nextCursor && (
          <a class="button" id="next-page" href={addressOf(nextCursor, position?.shown ?? 0)} rel="next">
            Next page
          </a>
        )}
      </div>
      {children}
    </nav>
  );
}

/** Such as “Showing 51–100 of 3,000”. */
function textOf({ from, shown, count, isExact }: Position): string {
  const to = from + shown - 1;
  const [first, last, all] = [from, to, Math.max(to, count)].map((number) => number.toLocaleString('en'));
  return `Showing ${first}–${last} of ${isExact ? '' : 'more than '}${all}`;
}

/** The same address with query parameters set, or removed. */
export function withParameters(url: string, parameters: Readonly<Record<string, string | null>>): string {
  const { pathname, searchParams } = new URL(url, 'http://page');
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) searchParams.delete(name);
    else searchParams.set(name, value);
  }
  const query = searchParams.toString();
  return query ? `${pathname}?${query}` : pathname;
}

/** Whether the address shows another page than the first one. */
export function isLaterPage(url: string): boolean {
  return new URL(url, 'http://page').searchParams.has('cursor');
}
