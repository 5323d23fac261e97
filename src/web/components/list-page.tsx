import type { ComponentChildren } from 'preact';
import type { Page } from '../../store/lists/cursor';
import { Download, type DownloadProps } from './download';
import { isLaterPage, Pager } from './pager';
import { PrintedFilter } from './printed-filter';

interface ListPageProps<T> {
  /** The path and query of this page. */
  readonly url: string;
  /** The filter and order that are in force. */
  readonly query: object;
  readonly page: Page<T>;
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
export function ListPage<T>({ url, query, page, of, download, empty, children }: ListPageProps<T>) {
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
      {children(page.items)}
      <Pager url={url} nextCursor={page.nextCursor} of={of}>
        {download && <Download {...download} count={countOf(url, page)} />}
      </Pager>
    </>
  );
}

/** The items of the whole list, if all of them are on this page. */
function countOf(url: string, { items, nextCursor }: Page<unknown>): number | null {
  return nextCursor === null && !isLaterPage(url) ? items.length : null;
}
