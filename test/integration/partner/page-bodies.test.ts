import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';
import {
  BODIES,
  type Format,
  failsAs,
  fetchPage,
  longBody,
  PageServer,
  PEOPLE,
} from '../../support/page-server';

const server = new PageServer();
beforeAll(() => server.start());
afterAll(() => server.close());

/** For servers that are too slow. Others have a minute, because the machine of the tests can be slow too. */
const SHORT_MS = 1_500;
const short = { deadline: `${SHORT_MS}ms` };

describe.each(Object.keys(BODIES) as Format[])('a page in %s', (format) => {
  const body = BODIES[format];

  it('arrives byte by byte, with or without a length, compressed or not', async () => {
    for (const [sent, headers] of [
      [body, { 'Content-Length': body.length }],
      [body, {}],
      [gzipSync(body), { 'Content-Encoding': 'gzip' }],
      [gzipSync(body), { 'Content-Type': 'application/gzip' }],
    ] as const) {
      server.answer = async (response) => {
        response.writeHead(200, headers).flushHeaders();
        for (const byte of sent) {
          response.write(Uint8Array.of(byte));
          await new Promise(setImmediate);
        }
        response.end();
      };
      const { end, names } = await fetchPage(server.client(format));
      expect(names).toEqual(PEOPLE);
      expect(end).toMatchObject({ received: 3, next: null });
    }
  });

  it('that was cut at any byte of its announced length is incomplete', async () => {
    const client = server.client(format);
    for (let length = 0; length < body.length; length += 1) {
      server.answer = (response) => {
        response.writeHead(200, { 'Content-Length': body.length });
        response.write(body.subarray(0, length), () => response.destroy());
        if (length === 0) response.flushHeaders();
      };
      await expect(fetchPage(client)).rejects.toEqual(failsAs('IncompleteResponse'));
    }
  });

  it('that was cut at any byte of its chunks is incomplete', async () => {
    const client = server.client(format);
    for (let length = 1; length <= body.length; length += 1) {
      server.answer = (response) => {
        response.writeHead(200);
        response.write(body.subarray(0, length), () => response.destroy());
      };
      await expect(fetchPage(client)).rejects.toEqual(failsAs('IncompleteResponse'));
    }
  });

  it('that was cut at any byte of its compressed data is incomplete, even under a length that is right', async () => {
    const client = server.client(format);
    const packed = gzipSync(body);
    for (const headers of [{ 'Content-Encoding': 'gzip' }, {}]) {
      for (let length = 2; length < packed.length; length += 1) {
        server.answer = (response) => response.writeHead(200, headers).end(packed.subarray(0, length));
        await expect(fetchPage(client)).rejects.toEqual(failsAs('IncompleteResponse'));
      }
    }
  });

  it('that stops in the middle, or arrives too slowly, is a timeout', async () => {
    const client = server.client(format, short);
    const progress = { httpStatus: null, bytes: null };
    server.answer = (response) => response.writeHead(200).write(body.subarray(0, 10));
    await expect(fetchPage(client, { progress })).rejects.toEqual(failsAs('PartnerTimeout'));
    expect(progress).toEqual({ httpStatus: 200, bytes: 10 });
    server.answer = async (response) => {
      for (const byte of body) {
        response.write(Uint8Array.of(byte));
        await sleep(SHORT_MS / 10);
        if (response.destroyed) return;
      }
    };
    await expect(fetchPage(client)).rejects.toEqual(failsAs('PartnerTimeout'));
  });

  it('is stopped at maxBytes, also if it was small before decompression', async () => {
    const large = Buffer.from(longBody(format, 50_000));
    const client = server.client(format, { maxBytes: 500_000 });
    for (const headers of [{ 'Content-Encoding': 'gzip' }, {}]) {
      server.answer = (response) => {
        const gzip = createGzip();
        gzip.pipe(response.writeHead(200, headers));
        const more = () => !gzip.destroyed && gzip.write(large, more);
        response.on('close', () => gzip.destroy());
        more();
      };
      const progress = { httpStatus: null, bytes: null as number | null };
      await expect(fetchPage(client, { progress })).rejects.toEqual(failsAs('ResponseTooLarge'));
      expect(progress.bytes).toBeLessThan(1_000_000);
    }
  });

  it('waits for the receiver of its records, which is not the time of the partner', async () => {
    server.answer = (response) => response.writeHead(200).end(longBody(format, 2_000));
    const client = server.client(format, short);
    const { end } = await fetchPage(client, { receive: () => sleep(SHORT_MS / 2) });
    expect(end.received).toBe(2_000);
  });

  it('ends with the error of its receiver, or the reason of its caller, and drops the connection', async () => {
    server.answer = (response) => response.writeHead(200).write(longBody(format, 100_000));
    const client = server.client(format, { maxBytes: 2 ** 26 });
    const before = server.closed;
    const away = Object.assign(new Error('the store is away'), { code: '57P01' });
    await expect(fetchPage(client, { receive: () => Promise.reject(away) })).rejects.toBe(away);
    const caller = new AbortController();
    const reason = new Error('enough');
    const receive = async () => caller.abort(reason);
    await expect(fetchPage(client, { signal: caller.signal, receive })).rejects.toBe(reason);
    for (let tries = 0; server.closed < before + 2; tries += 1) {
      if (tries > 1_000) throw new Error('the connections stay open');
      await sleep(10);
    }
  });
});
