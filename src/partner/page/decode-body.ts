import type { Json } from '../../contract/answer';
import type { Encoding } from '../config/encoding';
import { compileValue, isComputed } from '../language/value';
import { type CsvSeparator, createCsvDecoder } from './decode-csv';
import { createJsonDecoder } from './decode-json';
import { decodeLines, decodeNdjson } from './decode-lines';
import type { Decoder, TakeRecords } from './decoder';
import { guardStart } from './guard-start';
import { strictUtf8 } from './utf8';

/** How partners.yaml says that the body of a page is read. */
export interface BodyRules {
  readonly format: 'json' | 'ndjson' | 'csv' | 'lines';
  readonly separator?: CsvSeparator | undefined;
  /** The place of the list in JSON; undefined if the body itself is the list. */
  readonly records: string | undefined;
  /** The places in JSON that are read beside the records. */
  readonly others: readonly string[];
  readonly noTokenText: string | undefined;
  readonly encoding?: Encoding | undefined;
}

/** A decoder of the bytes that a partner sends. */
type BodyDecoder = (
  body: AsyncIterable<Buffer>,
  take: TakeRecords,
  charset?: string,
) => Promise<Json | undefined>;

const NAMES = { json: 'JSON', ndjson: 'JSON', csv: 'CSV', lines: 'plain text' } as const;

/** Creates the decoders of a partner's first page and of the later ones, which can be empty bodies except in JSON. */
export function createBodyDecoders(rules: BodyRules): {
  readonly first: BodyDecoder;
  readonly later: BodyDecoder;
} {
  const { format, noTokenText, encoding } = rules;
  const decode = createDecoder(rules);
  const guarded =
    (canBeEmpty: boolean): BodyDecoder =>
    (body, take, charset) =>
      decode(
        guardStart(strictUtf8(body, { encoding, charset }), {
          format: NAMES[format],
          canBeEmpty,
          noTokenText,
        }),
        take,
      );
  return { first: guarded(false), later: guarded(format !== 'json') };
}

function createDecoder({ format, separator, records, others }: BodyRules): Decoder {
  if (format === 'csv') return createCsvDecoder(separator);
  if (format === 'lines') return decodeLines;
  if (format === 'ndjson') return decodeNdjson;
  const read = records === undefined ? undefined : compileValue(records).read;
  return createJsonDecoder({
    text: records,
    read: read ?? ((root) => root),
    isStreamable: isStreamable(records, others),
  });
}

/** A streamed list is gone when the others are read, and an expression can read all of an answer. */
function isStreamable(records: string | undefined, others: readonly string[]): boolean {
  if (records === undefined) return others.length === 0;
  return ![records, ...others].some(isComputed) && !others.some((other) => other.startsWith(`${records}.`));
}
