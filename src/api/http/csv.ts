import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';

/** Also in full width and behind white space or invisible characters; a spreadsheet drops those. */
const FORMULA = /^['\s\p{Default_Ignorable_Code_Point}]*[=+\-−@]|^'*[\t\r\n]/u;

/**
 * A text as a cell. One that a spreadsheet could take for a formula gets an apostrophe in front. So does one that
 * looks like the result of that, so that a reader gets every text back by removing one apostrophe.
 */
export function toCell(text: string): string {
  return FORMULA.test(text.normalize('NFKC')) ? `'${text}` : text;
}

/**
 * A CSV file for spreadsheets: with a byte order mark, since Excel reads UTF-8 only after one, a header, and line
 * breaks only within quotes.
 */
export function toCsv<T extends object>(
  items: AsyncIterable<T> | readonly T[],
  columns: readonly (keyof T & string)[],
): Readable {
  const writer = stringify({
    header: true,
    bom: true,
    columns: [...columns],
    record_delimiter: 'windows',
    quote_record_delimiter: true,
    cast: {
      string: toCell,
      boolean: String,
      object: (value) => (value instanceof Date ? value.toISOString() : JSON.stringify(value)),
    },
  });
  // An error ends the stream and the connection, so that a reader does not take a part for the whole.
  return pipeline(Readable.from(items), writer, () => undefined);
}
