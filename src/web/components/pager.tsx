interface PagerProps {
  /** The path and query of this page. */
  readonly url: string;
  readonly nextCursor: string | null;
  /** What the list is of, for those who hear the links. */
  readonly of: string;
  /** The same list from the API, for CSV. */
  readonly exportUrl?: string;
}

/** Goes on through a list, back to its beginning, and out of it as a file; nothing where there is only this page. */
export function Pager({ url, nextCursor, of, exportUrl }: PagerProps) {
  const onLaterPage = new URL(url, 'http://page').searchParams.has('cursor');
  if (!onLaterPage && !nextCursor && !exportUrl) return null;
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
      {exportUrl && (
        <a id="export" href={exportUrl} download>
          All as CSV
        </a>
      )}
    </nav>
  );
}

/** The same address with one parameter of its query set, or left out. */
function withParameter(url: string, name: string, value: string | null): string {
  const { pathname, searchParams } = new URL(url, 'http://page');
  if (value === null) searchParams.delete(name);
  else searchParams.set(name, value);
  const query = searchParams.toString();
  return query ? `${pathname}?${query}` : pathname;
}

/** Where the API has all of the list that a page shows, narrowed and ordered by the same query, as CSV. */
export function csvOf(path: string, query: object): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined);
  return `${path}?${new URLSearchParams([...entries, ['format', 'csv']])}`;
}
