import { addressWith } from '../addresses';

/** A list that can be downloaded as CSV. */
export interface DownloadProps {
  /** The path of the list in the API. */
  readonly path: string;
  /** The filter and order of the list. */
  readonly query: object;
  /** The items of the whole list; null if this page does not know it. */
  readonly count: number | null;
  /** The id of the link, which is unique on the page. */
  readonly id?: string;
  /** The plural name of the items, if the page offers several lists. */
  readonly of?: string;
}

/** Links to the whole list as CSV for people, with commas and with semicolons. */
export function Download({ path, query, count, id = 'export', of = '' }: DownloadProps) {
  const items = [count === null ? 'all' : count === 1 ? 'this' : 'these', countOf(count), of];
  return (
    <p class="download">
      <a id={id} href={csvOf(path, query)} download>
        {`Download ${items.filter(Boolean).join(' ')} as CSV`}
      </a>{' '}
      <a
        id={`${id}-semicolon`}
        class="muted"
        href={csvOf(path, { ...query, separator: 'semicolon' })}
        title="For Excel where the decimal sign is a comma"
        download
      >
        <span class="visually-hidden">The same CSV </span>with semicolons, for Excel in Europe
      </a>
    </p>
  );
}

function countOf(count: number | null): string {
  return count === null ? '' : count.toLocaleString('en');
}

/** The address of the whole list as CSV for people in the API, with the same filters and order. */
function csvOf(path: string, query: object): string {
  return addressWith(path, { ...query, format: 'csv', headings: 'words' });
}
