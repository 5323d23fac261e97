import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import type { Answer } from '../answer';

/** An answer whose body is made while it is sent. Each making gives the same bytes. */
export interface StreamedAnswer extends Omit<Answer, 'body'> {
  readonly body: () => AsyncIterable<Buffer>;
}

const BATCH_CHARACTERS = 64 * 1024;

/** An answer with a small body. */
export function whole({ body, ...head }: Answer): StreamedAnswer {
  return {
    ...head,
    async *body() {
      yield Buffer.from(body);
    },
  };
}

/** The text of many pieces as bytes. The event loop gets a turn after each batch. */
export async function* bytesOf(pieces: Iterable<string>): AsyncIterable<Buffer> {
  let batch = '';
  for (const piece of pieces) {
    batch += piece;
    if (batch.length < BATCH_CHARACTERS) continue;
    yield Buffer.from(batch);
    batch = '';
    await turn();
  }
  yield Buffer.from(batch);
}

export async function* gzipped(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  yield* Readable.from(bytes, { objectMode: false }).pipe(createGzip());
}

/** The first half of the body. */
export async function* firstHalf({ body }: StreamedAnswer): AsyncIterable<Buffer> {
  let left = Math.floor((await lengthOf(body())) / 2);
  for await (const bytes of body()) {
    yield bytes.subarray(0, left);
    left -= bytes.length;
    if (left <= 0) return;
  }
}

export async function lengthOf(bytes: AsyncIterable<Buffer>): Promise<number> {
  let length = 0;
  for await (const some of bytes) length += some.length;
  return length;
}
