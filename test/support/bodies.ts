import fc from 'fast-check';
import type { Decoder } from '../../src/partner/page/decoder';
import { strictUtf8 } from '../../src/partner/page/utf8';

/** The chunks of a body, cut at these places. */
export async function* chunksOf(body: string | Buffer, cuts: readonly number[] = []): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(body);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...places, bytes.length]) {
    yield bytes.subarray(from, to);
    from = to;
  }
}

/** A body in chunks of this size. */
export async function* inChunks(body: string | Buffer, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Places at which a body is cut into chunks. */
export const cuts = fc.array(fc.nat(), { maxLength: 20 });

/** The records that a decoder finds, what surrounds them, and the sizes of its slices. */
export async function decoded(decode: Decoder, body: AsyncIterable<Buffer>) {
  const records: unknown[] = [];
  const slices: number[] = [];
  const root = await decode(strictUtf8(body), async (slice) => {
    records.push(...slice);
    slices.push(slice.length);
  });
  return { records, root, slices };
}
