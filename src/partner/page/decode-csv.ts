import { pipeline } from 'node:stream';
import { CsvError, type Parser, parse } from 'csv-parse';
import { MalformedRecord } from '../answer/malformed-record';
import type { Decoder } from './decoder';
import { incomplete, MAX_PART_BYTES, SLICE_BYTES, SLICE_RECORDS, tooLarge } from './limits';

/**
 * CSV (RFC 4180) with a header row. A record has the names of the header row as keys, and text as values. A row with
 * another number of cells is a malformed record if another row follows; the last one was cut.
 */
export const decodeCsv: Decoder = async (body, take) => {
  let names: readonly string[] | undefined;
  let last: unknown;
  try {
    for await (const rows of slicesOf(body)) {
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

/** The rows of a body in slices. Blank lines are left out. */
async function* slicesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string[][]> {
  const options = {
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

function toRecord(row: readonly string[], names: readonly string[]): unknown {
  if (row.length !== names.length) return new MalformedRecord(row);
  return Object.fromEntries(names.map((name, index) => [name, row[index]]));
}
