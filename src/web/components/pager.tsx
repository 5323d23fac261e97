import type { ComponentChildren } from 'preact';

interface PagerProps {
  /** The path and query of this page. */
  readonly url: string;
  readonly nextCursor: string | null;
  /** The plural name of the items, for screen readers. */
  readonly of: string;
  /** Links that stand beside, such as to the CSV export. */
  readonly children?: ComponentChildren;
}

/** Links to the first and next page of a list. Empty if the list has one page and nothing stands beside. */
export function Pager({ url, nextCursor, of, children }: PagerProps) {
  const onLaterPage = isLaterPage(url);
  if (!onLaterPage && !nextCursor && !children) return null;
  return (
    <nav class="pager" aria-label={`More ${of}`}>
      <div class="actions">
        {onLaterPage && (
          <a class="button" id="first-page" href={withParameter(url, 'cursor', null)}>
            First page
          </a>
        )}
        {nextCursor && (
          <a class="button" id="next-page" href={withParameter(url, 'cursor', nextCursor)} rel="next">
            Next page
          </a>
        )}
      </div>
      {children}
    </nav>
  );
}

/** The same address with one query parameter set, or removed. */
function withParameter(url: string, name: string, value: string | null): string {
  const { pathname, searchParams } = new URL(url, 'http://page');
  if (value === null) searchParams.delete(name);
  else searchParams.set(name, value);
  const query = searchParams.toString();
  return query ? `${pathname}?${query}` : pathname;
}

/** Whether the address shows another page than the first one. */
export function isLaterPage(url: string): boolean {
  return new URL(url, 'http://page').searchParams.has('cursor');
}
