interface PagerProps {
  /** The path and query of this page. */
  readonly url: string;
  readonly nextCursor: string | null;
  /** The plural name of the items, for screen readers. */
  readonly of: string;
  /** The address of the whole list as CSV. */
  readonly exportUrl?: string;
}

/** Links to the first and next page of a list and to its CSV export. Empty if the list has one page and no export. */
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
          Download as CSV
        </a>
      )}
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

/** The address of the whole list as CSV in the API, with the same filters and order. */
export function csvOf(path: string, query: object): string {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined);
  return `${path}?${new URLSearchParams([...entries, ['format', 'csv']])}`;
}
