import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';

/** Full-width signs count too. White space and invisible characters in front do not: a spreadsheet drops them. */
const FORMULA = /^['\s\p{Default_Ignorable_Code_Point}]*[=+\-−@]|^'*[\t\r\n]/u;

/**
 * Writes a text as a cell. A text that a spreadsheet could take for a formula gets an apostrophe in front. So does
 * a text that already looks like that. A reader gets every text back by removing one apostrophe.
 */
export function toCell(text: string): string {
  return FORMULA.test(text.normalize('NFKC')) ? `'${text}` : text;
}

/**
 * Writes a CSV file for spreadsheets. It has a header, and line breaks only within quotes. It begins with a byte
 * order mark, because Excel reads UTF-8 only after one.
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
  // An error closes the stream and the connection, so that a reader does not take a part for the whole list.
  return pipeline(Readable.from(items), writer, () => undefined);
}
