import { once } from 'node:events';
import type { Writable } from 'node:stream';

/**
 * Writes to a stream, and waits while the stream is full.
 *
 * @param reader what reads the stream. It must reject if the stream fails.
 * @throws the error of the reader. That of the stream only follows from it: a reader that fails aborts the stream.
 */
export async function writeToReader(
  stream: Writable,
  chunk: unknown,
  reader: Promise<unknown>,
): Promise<void> {
  if (stream.write(chunk)) return;
  const drained = once(stream, 'drain').catch(() => reader);
  await Promise.race([drained, reader]);
}
