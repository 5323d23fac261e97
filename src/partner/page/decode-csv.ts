import { pipeline } from 'node:stream';
import { CsvError, type Parser, parse } from 'csv-parse';
import { MalformedRecord } from '../answer/malformed-record';
import type { Decoder } from './decoder';
import { incomplete, MAX_PART_BYTES, SLICE_BYTES, SLICE_RECORDS, tooLarge } from './limits';

const SEPARATORS = { comma: ',', semicolon: ';', tab: '\t', pipe: '|' } as const;

/** A longer first line is not looked at. */
const MAX_HEADER = 65_536;

/** What separates the cells of a row, as partners.yaml names it. */
export type CsvSeparator = keyof typeof SEPARATORS;

/**
 * Creates the decoder of CSV (RFC 4180) with a header row. A record has the names of the header row as keys, and text as
 * values. A row with another number of cells is a malformed record if another row follows; the last one was cut.
 *
 * @param separator undefined for commas; a first line with other separators and no comma is then refused
 */
export function createCsvDecoder(separator: CsvSeparator | undefined): Decoder {
  return async (body, take) => {
    let names: readonly string[] | undefined;
    let last: unknown;
    const rowsOf =
      separator === undefined ? slicesOf(withComma(body), ',') : slicesOf(body, SEPARATORS[separator]);
    try {
      for await (const rows of rowsOf) {
        if (!names) names = namesOf(rows.shift() ?? []);
        const header = names;
        if (rows.length === 0) continue;
        const records = rows.map((row) => toRecord(row, header));
        last = records.at(-1);
        await take(records);
      }
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      if (error.code === 'CSV_MAX_RECORD_SIZE') throw tooLarge('one row');
      throw incomplete(`the CSV was cut off or malformed (${error.code}, line ${error.lines})`);
    }
    if (last instanceof MalformedRecord) {
      throw incomplete('the last row had another number of cells than the header row');
    }
    return undefined;
  };
}

/** The rows of a body in slices. Blank lines are left out. */
async function* slicesOf(body: AsyncIterable<Buffer>, delimiter: string): AsyncGenerator<string[][]> {
  const options = {
    delimiter,
    max_record_size: MAX_PART_BYTES,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    highWaterMark: SLICE_RECORDS,
  };
  const parser: Parser = pipeline(body, parse(options), () => undefined);
  let slice: string[][] = [];
  let length = 0;
  for await (const row of parser as AsyncIterable<string[]>) {
    slice.push(row);
    for (const cell of row) length += cell.length;
    if (slice.length < SLICE_RECORDS && length < SLICE_BYTES) continue;
    yield slice;
    slice = [];
    length = 0;
  }
  if (slice.length > 0) yield slice;
}

/** The names of the columns. One without a name, and one whose name an earlier one has, is named after its number. */
function namesOf(header: readonly string[]): readonly string[] {
  const names: string[] = [];
  for (const [index, cell] of header.entries()) {
    const name = cell.trim();
    names.push(name === '' || names.includes(name) ? `${name} (column ${index + 1})`.trim() : name);
  }
  return names;
}

/**
 * Passes a body on, and refuses one whose first line has other separators and no comma. A line that ends within quotes is
 * not whole, and says nothing.
 */
async function* withComma(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: string | null = '';
  for await (const chunk of body) {
    if (start !== null) {
      start += chunk.toString();
      const end = start.indexOf('\n');
      if (end !== -1) refuseOtherSeparator(start.slice(0, end));
      if (end !== -1 || start.length > MAX_HEADER) start = null;
    }
    yield chunk;
  }
}

function refuseOtherSeparator(line: string): void {
  const isWhole = line.split('"').length % 2 === 1;
  const found = line.includes(',') || !isWhole ? undefined : separatorOf(line);
  if (found) throw incomplete(`the first line has no comma; if it is CSV, set separator: ${found}`);
}

/** The separator that a header row seems to have; the most frequent one. */
export function separatorOf(header: string): CsvSeparator | undefined {
  const counted = Object.entries(SEPARATORS).map(([name, character]) => ({
    name: name as CsvSeparator,
    count: header.split(character).length - 1,
  }));
  return counted.filter(({ count }) => count > 0).sort((one, other) => other.count - one.count)[0]?.name;
}

function toRecord(row: readonly string[], names: readonly string[]): unknown {
  if (row.length !== names.length) return new MalformedRecord(row);
  return Object.fromEntries(names.map((name, index) => [name, row[index]]));
}
