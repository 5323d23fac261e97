import type { Json } from '../../contract/answer';
import type { Decoder, TakeRecords } from './decoder';
import { incomplete, MAX_PART_BYTES, SLICE_RECORDS, tooLarge } from './limits';
import { ListScanner } from './list-scanner';
import { NoListFailure } from './no-list-failure';
import { parseJson } from './parse-json';

const WHOLE_BYTES = 2 ** 20;

/** How to find the list in an answer. */
export interface ListPlace {
  /** As partners.yaml names it; undefined if the answer itself is the list. */
  readonly text: string | undefined;
  read(root: Json): Json | undefined;
  /** Whether the list can be read without the rest of the answer, and the rest without the list. */
  readonly isStreamable: boolean;
}

/**
 * Creates the decoder of JSON. A large body is streamed if the place of the list allows it.
 *
 * @param wholeBytes a body up to this size is read at once
 */
export function createJsonDecoder(place: ListPlace, wholeBytes = WHOLE_BYTES): Decoder {
  return async (body, take) => {
    const chunks = body[Symbol.asyncIterator]();
    const limit = place.isStreamable ? wholeBytes : MAX_PART_BYTES;
    const start: Buffer[] = [];
    let bytes = 0;
    let next = await chunks.next();
    for (; !next.done && bytes + next.value.length <= limit; next = await chunks.next()) {
      start.push(next.value);
      bytes += next.value.length;
    }
    if (next.done) return readWhole(Buffer.concat(start).toString(), place, take);
    if (!place.isStreamable) throw tooLarge('an answer with computed records');
    return readStream(joined([...start, next.value], chunks), place, take);
  };
}

async function readWhole(text: string, place: ListPlace, take: TakeRecords): Promise<Json> {
  const root = parse(text);
  const records = place.read(root);
  if (!Array.isArray(records)) throw new NoListFailure(place.text, root);
  for (let from = 0; from < records.length; from += SLICE_RECORDS) {
    await take(records.slice(from, from + SLICE_RECORDS));
  }
  return root;
}

async function readStream(
  body: AsyncIterable<Buffer>,
  place: ListPlace,
  take: TakeRecords,
): Promise<Json | undefined> {
  const scanner = new ListScanner(place.text ?? '');
  for await (const chunk of body) {
    for (const text of scanner.write(chunk)) {
      const records = parse(text) as Json[];
      if (records.length > 0) await take(records);
    }
  }
  const root = parse(scanner.envelopeText);
  const list = place.read(root);
  if (!Array.isArray(list)) throw new NoListFailure(place.text, root);
  // An object can have a key twice; the last one counts, but the first one has been read.
  if (list[0] !== scanner.mark) throw incomplete(`there were two lists at "${place.text ?? 'the top'}"`);
  list.length = 0;
  return root;
}

async function* joined(start: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function parse(text: string): Json {
  try {
    return parseJson(text) as Json;
  } catch {
    // The parser's message quotes the body, so it must not be reported.
    throw incomplete('the JSON was cut off or malformed');
  }
}
