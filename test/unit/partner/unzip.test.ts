import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { unzip } from '../../../src/partner/call/unzip';

const TEXT = 'Ann Lee\nBo Ray\n'.repeat(50);

async function read(body: Buffer, encoding = '', chunk = body.length): Promise<string> {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += chunk) chunks.push(body.subarray(at, at + chunk));
  const parts: Buffer[] = [];
  for await (const part of unzip(Readable.from(chunks, { objectMode: false }), encoding)) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe('a compression that is not read', () => {
  it.each(['zstd', 'gzip, ZSTD', 'compress'])('is named: %s', async (encoding) => {
    await expect(read(Buffer.from(TEXT), encoding)).rejects.toMatchObject({
      type: 'IncompleteResponse',
      message: `the body was compressed with ${encoding.split(', ').at(-1)?.toLowerCase()}, which is not read; requests accept gzip, br`,
    });
  });
});

describe('the compression of a body', () => {
  it.each([
    ['gzip', gzipSync(TEXT)],
    ['X-GZIP', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate, gzip', gzipSync(deflateSync(TEXT))],
    ['', gzipSync(TEXT)],
    ['gzip', gzipSync(gzipSync(TEXT))],
    ['', Buffer.concat([gzipSync(TEXT.slice(0, 9)), gzipSync(TEXT.slice(9))])],
    ['utf-8', Buffer.from(TEXT)],
  ])('%j is removed, whatever the chunks are', async (encoding, body) => {
    for (const chunk of [1, 2, 7, body.length]) expect(await read(body, encoding, chunk)).toBe(TEXT);
  });

  it.each([
    ['gzip', gzipSync(TEXT)],
    ['', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['gzip', gzipSync(gzipSync(TEXT))],
  ])('%j does not hide that the body was cut', async (encoding, body) => {
    // Two bytes reveal gzip.
    for (let length = 2; length < body.length; length += 1) {
      await expect(read(body.subarray(0, length), encoding)).rejects.toThrow();
    }
  });

  it('leaves short bodies as they are', async () => {
    for (const text of ['', 'a', '\x1f']) expect(await read(Buffer.from(text))).toBe(text);
  });

  it('names damaged data by the code of zlib', async () => {
    await expect(read(Buffer.from('not gzip'), 'gzip')).rejects.toMatchObject({ code: 'Z_DATA_ERROR' });
    await expect(read(gzipSync(TEXT).fill(0, 20, 30))).rejects.toMatchObject({
      code: expect.stringMatching(/^Z_/),
    });
  });

  it('ends the source when its reader stops', async () => {
    for (const body of [gzipSync('x'.repeat(2 ** 20)), Buffer.alloc(2 ** 20)]) {
      const source = Readable.from([body.subarray(0, 1000), body.subarray(1000)], { objectMode: false });
      for await (const _part of unzip(source, '')) break;
      expect(source.destroyed).toBe(true);
    }
  });
});
