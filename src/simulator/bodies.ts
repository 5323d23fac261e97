import { PEOPLE } from './people';

const OPENING = '{"providers":[';
const CLOSING = ']}';
const RECORD = JSON.stringify(PEOPLE[0]);
const FIRST = Buffer.from(OPENING + RECORD);
const MORE = Buffer.from(`,${RECORD}`.repeat(500));

/** A list of records as JSON that never ends, in pieces. */
export function* endlessList(): Generator<Buffer> {
  yield FIRST;
  for (;;) yield MORE;
}

/** A list of records as JSON of exactly `bytes` bytes, in pieces. Spaces fill the rest. */
export function* hugeList(bytes: number): Generator<Buffer> {
  let left = bytes - FIRST.length - CLOSING.length;
  yield FIRST;
  for (; left >= MORE.length; left -= MORE.length) yield MORE;
  yield Buffer.from(' '.repeat(left) + CLOSING);
}

/** An empty list as JSON of exactly `bytes` bytes, in pieces: nearly all spaces, which compress well. */
export function* spaciousList(bytes: number): Generator<Buffer> {
  const spaces = Buffer.alloc(64 * 1024, ' ');
  let left = bytes - OPENING.length - CLOSING.length;
  yield Buffer.from(OPENING);
  for (; left >= spaces.length; left -= spaces.length) yield spaces;
  yield Buffer.from(' '.repeat(left) + CLOSING);
}
