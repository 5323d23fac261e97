import type { Json } from '../../contract/answer';
import type { Format } from './description';

/** The records of a page, made one by one, and what surrounds them. */
export interface PageSource {
  readonly records: () => Iterable<Json>;
  /** The fields of a record, for the header of a CSV file. */
  readonly fields: readonly string[];
  /** The JSON body around the list of records. It may leave out an empty list. */
  readonly envelope: (records: Json) => Json;
}

/** The type of a body that a partner does not set. */
export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8',
  lines: 'text/plain; charset=utf-8',
};

/** The body in pieces, so that it takes the same memory for any number of records. */
export const ENCODERS: Readonly<Record<Format, (source: PageSource) => Iterable<string>>> = {
  *json({ records, envelope }) {
    const [before = '', after] = JSON.stringify(envelope(PLACE)).split(JSON.stringify(PLACE));
    if (after === undefined) {
      yield before;
      return;
    }
    yield `${before}[`;
    let separator = '';
    for (const record of records()) {
      yield separator + JSON.stringify(record);
      separator = ',';
    }
    yield `]${after}`;
  },
  *ndjson({ records }) {
    for (const record of records()) yield `${JSON.stringify(record)}\n`;
  },
  *csv({ records, fields }) {
    yield csvRow(fields);
    for (const record of records()) {
      yield csvRow(fields.map((field) => (record as { [field: string]: Json })[field]));
    }
  },
  *lines({ records }) {
    for (const record of records()) yield `${textOf(record)}\n`;
  },
};

/** Stands for the list of records in an envelope. */
const PLACE = '\u0000records\u0000';

/** A row as RFC 4180 has it. */
function csvRow(values: readonly (Json | undefined)[]): string {
  const cells = values.map((value = '') => {
    const text = textOf(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${cells.join(',')}\r\n`;
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
