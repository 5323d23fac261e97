import { isAscii, isUtf8 } from 'node:buffer';
import type { Encoding } from '../config/encoding';
import { incomplete } from './limits';
import { windows1252 } from './windows-1252';

/** What is known about the characters of a body before its first byte. */
export interface Known {
  /** From partners.yaml; it decides. */
  readonly encoding?: Encoding | undefined;
  /** What the partner says, in lower case. It counts if the body is not UTF-8. */
  readonly charset?: string | undefined;
}

type Decode = (bytes: Buffer, isEnd: boolean) => Buffer;

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** A text in UTF-16 begins with one of these, and no text in UTF-8 does. */
const UTF_16_MARKS = [
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
] as const;
const MARKS = [BYTE_ORDER_MARK, ...UTF_16_MARKS.map(([, mark]) => mark)];

/** Names under which partners announce windows-1252: https://encoding.spec.whatwg.org/#names-and-labels */
const WINDOWS_1252 = new Set([
  ...['windows-1252', 'cp1252', 'x-cp1252', 'iso-8859-1', 'iso8859-1', 'iso_8859-1', 'iso88591'],
  ...['latin1', 'l1', 'ascii', 'us-ascii'],
]);
const UTF_16: { readonly [charset: string]: Encoding } = {
  'utf-16': 'utf-16le',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
};

/**
 * The chunks of a body in UTF-8. Each chunk of the result ends with a whole character. A byte order mark is left out.
 *
 * Without an encoding from partners.yaml, a byte order mark decides. Then the body is UTF-8 if its first character beyond
 * ASCII is: many partners announce ISO-8859-1 and send UTF-8. Otherwise the announced character set decides. Nothing
 * else is guessed.
 *
 * @throws PartnerFailure `IncompleteResponse`
 */
export async function* strictUtf8(body: AsyncIterable<Buffer>, known: Known = {}): AsyncGenerator<Buffer> {
  let decode: Decode | null = known.encoding === undefined ? null : decoderOf(known.encoding);
  let start: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    if (decode) {
      yield decode(chunk, false);
      continue;
    }
    start = start.length > 0 ? Buffer.concat([start, chunk]) : chunk;
    decode = decoderFor(start, known, false);
    if (decode) yield decode(start, false);
  }
  const rest = decode ? decode(Buffer.alloc(0), true) : decoderFor(start, known, true)(start, true);
  if (rest.length > 0) yield rest;
}

/** The decoder that the first bytes decide; null if they may still be the part of a mark. */
function decoderFor(start: Buffer, known: Known, isEnd: true): Decode;
function decoderFor(start: Buffer, known: Known, isEnd: false): Decode | null;
function decoderFor(start: Buffer, { charset }: Known, isEnd: boolean): Decode | null {
  const isPart = MARKS.some((mark) => start.length < mark.length && mark.indexOf(start) === 0);
  if (isPart && !isEnd) return null;
  const found = UTF_16_MARKS.find(([, mark]) => mark.equals(start.subarray(0, 2)));
  if (found) return decoderOf(found[0]);
  const announced = charset === undefined ? undefined : UTF_16[charset];
  if (announced && !BYTE_ORDER_MARK.equals(start.subarray(0, 3))) return decoderOf(announced);
  return utf8Decoder(charset);
}

function decoderOf(encoding: Encoding): Decode {
  if (encoding === 'utf-8') return utf8Decoder(undefined);
  if (encoding === 'windows-1252' || encoding === 'iso-8859-1') return windows1252;
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (bytes, isEnd) => {
    try {
      return Buffer.from(decoder.decode(bytes, { stream: !isEnd }));
    } catch {
      throw incomplete(`the body was not ${encoding.toUpperCase()}`);
    }
  };
}

/** Passes UTF-8 on, in whole characters. The first one beyond ASCII decides if windows-1252 was announced. */
function utf8Decoder(charset: string | undefined): Decode {
  let isDecided = charset === undefined || !WINDOWS_1252.has(charset);
  let isOther = false;
  let isStart = true;
  let carried: Buffer = Buffer.alloc(0);
  return (chunk, isEnd) => {
    if (isOther) return windows1252(chunk);
    const bytes = carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk;
    const end = isEnd ? bytes.length : bytes.length - incompleteTail(bytes);
    // The mark is one character, so it is here as a whole.
    const isMarked = isStart && BYTE_ORDER_MARK.equals(bytes.subarray(0, Math.min(3, end)));
    const begin = isMarked ? BYTE_ORDER_MARK.length : 0;
    const whole = bytes.subarray(begin, end);
    if (end > 0) isStart = false;
    if (!isDecided && !isAscii(whole)) {
      const first = whole.findIndex((byte) => byte >= 0x80);
      isDecided = true;
      isOther = !isUtf8(whole.subarray(first, first + lengthOf(whole[first] ?? 0)));
      if (isOther) return windows1252(bytes.subarray(begin));
    }
    if (!isUtf8(whole)) throw notUtf8(charset);
    carried = bytes.subarray(end);
    return whole;
  };
}

/** The number of last bytes, at most 3, that begin a character without completing it (RFC 3629, 3). */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0x80 && byte < 0xc0) continue;
    return lengthOf(byte) > back ? back : 0;
  }
  return 0;
}

/** The length of a character that begins with this byte. */
function lengthOf(byte: number): number {
  return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
}

function notUtf8(charset: string | undefined): Error {
  const reason =
    charset === undefined || charset === 'utf-8'
      ? 'if it has another encoding, set providers.encoding'
      : `Content-Type announces ${charset}`;
  return incomplete(`the body was not UTF-8; ${reason}`);
}
