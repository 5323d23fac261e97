import { isUtf8 } from 'node:buffer';
import { incomplete } from './limits';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** A text in UTF-16 begins with one of these, and no text in UTF-8 does. */
const UTF_16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/**
 * The chunks of a body that is UTF-8. Each chunk of the result ends with a whole character. A byte order mark is left
 * out.
 *
 * @throws PartnerFailure `IncompleteResponse`
 */
export async function* strictUtf8(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let carried: Buffer = Buffer.alloc(0);
  let isStart = true;
  for await (const chunk of body) {
    let bytes = carried.length > 0 ? Buffer.concat([carried, chunk]) : chunk;
    if (isStart) {
      if ([BYTE_ORDER_MARK, ...UTF_16_MARKS].some((mark) => isPartOf(mark, bytes))) {
        carried = bytes;
        continue;
      }
      if (UTF_16_MARKS.some((mark) => mark.equals(bytes.subarray(0, 2)))) throw notUtf8(', but UTF-16');
      if (BYTE_ORDER_MARK.equals(bytes.subarray(0, 3))) bytes = bytes.subarray(3);
      isStart = false;
    }
    const end = bytes.length - incompleteTail(bytes);
    carried = bytes.subarray(end);
    yield checked(bytes.subarray(0, end));
  }
  if (carried.length > 0) throw notUtf8();
}

/** Whether more bytes are needed to know whether a body begins with a mark. */
function isPartOf(mark: Buffer, start: Buffer): boolean {
  return start.length < mark.length && mark.indexOf(start) === 0;
}

function checked(bytes: Buffer): Buffer {
  if (!isUtf8(bytes)) throw notUtf8();
  return bytes;
}

/** The number of last bytes, at most 3, that begin a character without completing it (RFC 3629, 3). */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0x80 && byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

function notUtf8(but = ''): Error {
  return incomplete(`the body was not UTF-8${but}`);
}
