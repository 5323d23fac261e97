import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { CsvColumn } from './csv-columns';

/** Full-width signs count too. White space and invisible characters in front do not: a spreadsheet drops them. */
const FORMULA = /^['\s\p{Default_Ignorable_Code_Point}]*[=+\-−@]|^'*[\t\r\n]/u;

/** What is between the cells of a row. Excel expects a semicolon where a comma is the decimal sign. */
export const SEPARATORS = { comma: ',', semicolon: ';' } as const;
export type Separator = keyof typeof SEPARATORS;

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
export function toCsv<T>(
  items: AsyncIterable<T> | readonly T[],
  columns: readonly CsvColumn<T>[],
  separator: Separator = 'comma',
): Readable {
  const writer = stringify({
    header: true,
    bom: true,
    columns: columns.map(({ heading }, place) => ({ key: String(place), header: heading })),
    delimiter: SEPARATORS[separator],
    record_delimiter: 'windows',
    quote_record_delimiter: true,
    cast: {
      string: toCell,
      boolean: String,
      object: (value) => (value instanceof Date ? value.toISOString() : JSON.stringify(value)),
    },
  });
  // An error closes the stream and the connection, so that a reader does not take a part for the whole list.
  return pipeline(Readable.from(rowsOf(items, columns)), writer, () => undefined);
}

async function* rowsOf<T>(
  items: AsyncIterable<T> | readonly T[],
  columns: readonly CsvColumn<T>[],
): AsyncGenerator<unknown[]> {
  for await (const item of items) yield columns.map(({ read }) => read(item));
}
