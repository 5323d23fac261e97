import { errorFields } from '../answer/error-fields';
import { MalformedRecord } from '../answer/malformed-record';
import type { Decoder } from './decoder';
import { incomplete, MAX_PART_BYTES, SLICE_BYTES, SLICE_RECORDS, tooLarge } from './limits';
import { parseJson } from './parse-json';

/** Plain text, one record a line: `{ line }`. */
export const decodeLines: Decoder = async (body, take) => {
  for await (const lines of slicesOf(body)) await take(lines.map((line) => ({ line })));
  return undefined;
};

/**
 * One JSON value a line. A line that is not JSON is a malformed record if others surround it. The first and the last
 * one must be JSON: else the body is something different, or it was cut. It was cut too if the last one is an error.
 */
export const decodeNdjson: Decoder = async (body, take) => {
  let first: unknown;
  let last: unknown;
  for await (const lines of slicesOf(body)) {
    const records = lines.map(parseLine);
    if (first === undefined) refuseMalformed(records[0], 'the body was not one JSON value a line');
    first ??= records[0];
    last = records.at(-1);
    await take(records);
  }
  refuseMalformed(last, 'the last line was cut off or malformed');
  if (isErrorAfter(first, last)) throw incomplete('the last line was an error of the partner, not a record');
  return undefined;
};

/**
 * Whether the last line has an error and none of the keys of the first one. So servers report why a list ends early, when
 * they have already sent the status.
 */
function isErrorAfter(first: unknown, last: unknown): boolean {
  if (!isObject(first) || !isObject(last)) return false;
  if (Object.keys(last).some((key) => Object.hasOwn(first, key))) return false;
  return errorFields(last).length > 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseLine(line: string): unknown {
  try {
    return parseJson(line);
  } catch {
    return new MalformedRecord(line);
  }
}

function refuseMalformed(record: unknown, message: string): void {
  if (record instanceof MalformedRecord) throw incomplete(message);
}

/** The lines of a body in slices. Blank lines are left out. */
async function* slicesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let slice: string[] = [];
  let length = 0;
  for await (const lines of linesOf(body)) {
    for (const line of lines) {
      if (line.trim() === '') continue;
      slice.push(line);
      length += line.length;
      if (slice.length < SLICE_RECORDS && length < SLICE_BYTES) continue;
      yield slice;
      slice = [];
      length = 0;
    }
  }
  if (slice.length > 0) yield slice;
}

/** The lines that end in each chunk, without their line ends. */
async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  let begun: string[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const [first = '', ...others] = chunk.toString().split('\n');
    begun.push(first);
    bytes += first.length;
    if (bytes > MAX_PART_BYTES) throw tooLarge('one line');
    const next = others.pop();
    if (next === undefined) continue;
    yield [begun.join(''), ...others].map(withoutReturn);
    begun = [next];
    bytes = next.length;
  }
  yield [withoutReturn(begun.join(''))];
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
