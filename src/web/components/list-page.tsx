import type { ComponentChildren } from 'preact';
import type { Page } from '../../store/lists/cursor';
import { Download, type DownloadProps } from './download';
import { isLaterPage, Pager, type Position } from './pager';
import { PrintedFilter } from './printed-filter';

interface ListPageProps<T> {
  /** The path and query of this page. */
  readonly url: string;
  /** The filter and order that are in force. */
  readonly query: object;
  readonly page: Page<T> & { readonly previousCursor?: string | null };
  /** Where the page is in the list, in lists that are counted. */
  readonly position?: Position;
  /** The plural name of the items, for screen readers. */
  readonly of: string;
  /** The whole list in the API, for the download as CSV. */
  readonly download?: Pick<DownloadProps, 'path' | 'query'>;
  /** Shown if the list is empty. */
  readonly empty: ComponentChildren;
  /** Shows the items of the page. */
  readonly children: (items: readonly T[]) => ComponentChildren;
}

/** One page of a list with the links to its other pages, or a notice that it is empty. */
export function ListPage<T>(props: ListPageProps<T>) {
  const { url, query, page, position, of, download, empty, children } = props;
  const filter = <PrintedFilter query={query} />;
  if (page.items.length === 0) {
    return (
      <>
        {filter}
        {empty}
      </>
    );
  }
  return (
    <>
      {filter}
      {download && position && position.count > position.shown && (
        <Download {...download} id="export-first" count={countOf(url, page, position)} />
      )}
      {children(page.items)}
      <Pager
        url={url}
        nextCursor={page.nextCursor}
        {...(page.previousCursor && { previousCursor: page.previousCursor })}
        {...(position && { position })}
        of={of}
      >
        {download && <Download {...download} count={countOf(url, page, position)} />}
      </Pager>
    </>
  );
}

/** The items of the whole list, if they are counted or all of them are on this page. */
function countOf(
  url: string,
  { items, nextCursor }: Page<unknown>,
  position: Position | undefined,
): number | null {
  if (position?.isExact) return position.count;
  return nextCursor === null && !isLaterPage(url) ? items.length : null;
}
