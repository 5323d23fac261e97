import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { PartnerFailure } from './partner-failure';

/** With smaller chunks, their way through the readers of a body takes longer than the decompression. */
const CHUNKS = { chunkSize: 64 * 1024 };

const DECODERS: { readonly [encoding: string]: () => Transform } = {
  gzip: () => createGunzip(CHUNKS),
  'x-gzip': () => createGunzip(CHUNKS),
  deflate: () => createInflate(CHUNKS),
  br: () => createBrotliDecompress(CHUNKS),
};

/** Compressions that are not read. Requests do not ask for them. */
const OTHERS = new Set(['zstd', 'compress', 'x-compress', 'lzma', 'xz', 'bzip2', 'dcb', 'dcz']);

/** The value of Accept-Encoding. */
export const ACCEPTED_ENCODINGS = 'gzip, br';

/** The first bytes of a gzip member (RFC 1952, 2.3.1). */
const GZIP = [0x1f, 0x8b] as const;

/**
 * The bytes of a body without its compression: the one that Content-Encoding names, and that of a file in gzip, which
 * its first bytes reveal. Unlike axios, it takes cut data for an error. A name that is not known changes nothing: some
 * partners send the character set there.
 *
 * @param encodings Content-Encoding; the last one was applied last
 * @throws PartnerFailure `IncompleteResponse` for a compression that is not read
 * @throws the error of the stream, or of zlib with a code such as `Z_BUF_ERROR`
 */
export async function* unzip(stream: Readable, encodings: string): AsyncGenerator<Buffer> {
  const names = encodings.split(',').map((name) => name.trim().toLowerCase());
  let decoded: Readable = stream;
  for (const name of names.reverse()) {
    const create = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
    if (OTHERS.has(name)) throw unread(name);
    if (create) decoded = through(decoded, create());
  }
  const chunks: AsyncIterator<Buffer> = decoded[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return;
  const start = await readTwoBytes(first.value, chunks);
  const body = joined(start, chunks);
  yield* GZIP.every((byte, index) => start[index] === byte) ? through(body, createGunzip(CHUNKS)) : body;
}

function unread(name: string): PartnerFailure {
  return new PartnerFailure(
    'IncompleteResponse',
    `the body was compressed with ${name}, which is not read; requests accept ${ACCEPTED_ENCODINGS}`,
  );
}

/** Errors of the source arrive at the reader; a reader that stops ends the source. */
function through(source: Readable | AsyncIterable<Buffer>, decoder: Transform): Transform {
  return pipeline(source, decoder, () => undefined) as Transform;
}

/** The first bytes can arrive one by one. */
async function readTwoBytes(first: Buffer, rest: AsyncIterator<Buffer>): Promise<Buffer> {
  let start = first;
  while (start.length < GZIP.length) {
    const next = await rest.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  return start;
}

async function* joined(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield start;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
