import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { checksum } from '../../../src/simulator/simulated-partner';
import {
  call,
  fetchProviders,
  lastCall,
  meet,
  newToken,
  recordsOf,
  simulator,
  useSimulator,
} from '../../support/simulator-caller';

useSimulator();

describe('the fault', () => {
  it('hang is silent for the configured time, then answers 408', async () => {
    simulator.configure({ hangMs: 150 });
    const reply = await meet('hang');
    expect(reply.status).toBe(408);
    const { durationMs, ...seen } = await lastCall();
    expect(seen).toMatchObject({ fault: 'hang', status: 408, ended: 'answered' });
    expect(durationMs).toBeGreaterThanOrEqual(145);
  });

  it.each(['hang', 'hangForever', { fault: 'slow', delayMs: 60_000 }] as const)(
    '%j ends when the caller closes the connection',
    async (step) => {
      await expect(meet(step, { leaveAfterMs: 100 })).rejects.toThrow();
      expect(await lastCall()).toMatchObject({ status: null, ended: 'aborted' });
    },
  );

  it('slow sends the usual answer later', async () => {
    const started = performance.now();
    expect(recordsOf(await meet({ fault: 'slow', delayMs: 100 }))).toHaveLength(10);
    expect(performance.now() - started).toBeGreaterThanOrEqual(95);
  });

  it.each([
    ['error500', 500],
    ['unauthorized', 401],
    ['rejectToken', 403],
    [{ fault: 'status', status: 502 }, 502],
  ] as const)('%j is a %i', async (step, status) => {
    expect((await meet(step)).status).toBe(status);
  });

  it('status can have a Retry-After', async () => {
    const reply = await meet({ fault: 'status', status: 503, retryAfter: '2' });
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '2']);
  });

  it('redirect names another address', async () => {
    const reply = await meet({ fault: 'redirect', location: 'http://127.0.0.1:9/providers' });
    expect([reply.status, reply.headers.location]).toEqual([302, 'http://127.0.0.1:9/providers']);
  });

  it('replaceToken leads to a 403, and a new token works again', async () => {
    expect((await meet('replaceToken')).status).toBe(403);
    expect((await fetchProviders(await newToken())).status).toBe(200);
  });

  it('cut is the first half under a Content-Length that fits', async () => {
    simulator.configure({ recordsPerAnswer: 1, people: [{ name: 'x'.repeat(100) }] });
    const whole = JSON.stringify({ providers: [{ name: 'x'.repeat(100) }] });
    const reply = await meet('cut');
    expect(reply).toMatchObject({ status: 200, broken: null });
    expect(reply.body.toString()).toBe(whole.slice(0, whole.length / 2));
    expect(reply.headers['content-length']).toBe(String(Math.floor(whole.length / 2)));
    expect(await lastCall()).toMatchObject({ fault: 'cut', status: 200, ended: 'answered' });
  });

  it('cutConnection announces the whole body and closes after half of it', async () => {
    const reply = await meet('cutConnection');
    expect(reply).toMatchObject({ status: 200, broken: 'ECONNRESET' });
    expect(reply.body.length).toBe(Math.floor(Number(reply.headers['content-length']) / 2));
    expect(await lastCall()).toMatchObject({ status: 200, ended: 'aborted' });
  });

  it('reset resets the connection before any byte', async () => {
    const token = await newToken();
    simulator.script('providers', ['reset']);
    const socket = connect(simulator.port, '127.0.0.1');
    socket.on('data', () => socket.destroy(new Error('There was a byte.')));
    socket.write(
      `GET /providers HTTP/1.1\r\nHost: x\r\nX-Request-Checksum: ${checksum(token, '/providers')}\r\n\r\n`,
    );
    await expect(once(socket, 'end')).rejects.toMatchObject({ code: 'ECONNRESET', syscall: 'read' });
    expect(await lastCall()).toMatchObject({ fault: 'reset', status: null, ended: 'aborted' });
  });

  it('stall sends half of the body and then nothing', async () => {
    const reply = await meet('stall', { leaveAfterMs: 200 });
    expect(reply.broken).not.toBeNull();
    expect(reply.body.length).toBe(Math.floor(Number(reply.headers['content-length']) / 2));
    expect(await lastCall()).toMatchObject({ fault: 'stall', status: 200, ended: 'aborted' });
  });

  it('drip sends the body byte by byte, until the caller gives up', async () => {
    simulator.configure({ recordsPerAnswer: 0 });
    const whole = await meet({ fault: 'drip', everyMs: 1 });
    expect(whole.body.toString()).toBe('{"providers":[]}');
    const part = await meet({ fault: 'drip', everyMs: 50 }, { leaveAfterMs: 220 });
    expect(part.broken).not.toBeNull();
    expect(part.body.length).toBeGreaterThan(0);
    expect(part.body.length).toBeLessThan(8);
  });

  it.each([
    ['empty', /^$/],
    ['html', /^<!doctype html>/],
    ['notJson', /^providers: ten of them$/],
    ['noList', /^\{"providers":null\}$/],
    ['emptyList', /^\{"providers":\[\]\}$/],
  ] as const)('%s is a 200 with that body', async (step, body) => {
    const reply = await meet(step);
    expect(reply).toMatchObject({ status: 200, broken: null });
    expect(reply.body.toString()).toMatch(body);
  });

  it('shortList has as many records as asked for', async () => {
    expect(recordsOf(await meet('shortList'))).toHaveLength(3);
    expect(recordsOf(await meet({ fault: 'shortList', count: 9 }))).toHaveLength(9);
  });

  it('records answers exactly those records, for a correct checksum only', async () => {
    const records = [null, { name_given: 'a\u0000b' }, 'text', { a: 1 }, { a: 1 }];
    expect(recordsOf(await meet({ fault: 'records', records }))).toEqual(records);
    simulator.script('providers', [{ fault: 'records', records }]);
    expect((await fetchProviders('other')).status).toBe(403);
  });

  it('huge is well-formed and has exactly the configured size', async () => {
    const reply = await meet({ fault: 'huge', bytes: 1_000_003 });
    expect(reply.body).toHaveLength(1_000_003);
    expect(recordsOf(reply).length).toBeGreaterThan(1000);
  });

  it('endless continues until the caller disconnects, no faster than the caller reads', async () => {
    const token = await newToken();
    simulator.script('providers', ['endless']);
    const socket = connect(simulator.port, '127.0.0.1');
    socket.write(
      `GET /providers HTTP/1.1\r\nHost: x\r\nX-Request-Checksum: ${checksum(token, '/providers')}\r\n\r\n`,
    );
    let read = 0;
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      read += (chunk as Buffer).length;
      if (read > 5_000_000) break;
    }
    socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    await pause(300);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    expect(simulator.calls.at(-1)?.ended).toBe('pending');
    socket.destroy();
    expect(await lastCall()).toMatchObject({ fault: 'endless', status: 200, ended: 'aborted' });
  });

  it('gzipBomb is small on the wire and large when inflated', async () => {
    const reply = await meet({ fault: 'gzipBomb', bytes: 2 ** 24 });
    expect(reply.headers['content-encoding']).toBe('gzip');
    expect(reply.body.length).toBeLessThan(2 ** 24 / 500);
    const gunzip = createGunzip();
    gunzip.end(reply.body);
    let inflated = 0;
    for await (const chunk of gunzip) inflated += (chunk as Buffer).length;
    expect(inflated).toBe(2 ** 24);
  });

  it.each(['garbage', 'badHeader'] as const)('%s is not valid HTTP', async (step) => {
    await expect(meet(step)).rejects.toMatchObject({ code: expect.stringMatching(/^HPE_/) });
    expect(await lastCall()).toMatchObject({ fault: step, status: null, ended: 'aborted' });
  });

  it('raw sends exactly the configured bytes', async () => {
    const reply = await meet({
      fault: 'raw',
      status: 418,
      headers: { 'X-Thing': 'a', 'Content-Type': 'application/json' },
      body: Buffer.from([0xff, 0x00]),
    });
    expect(reply.status).toBe(418);
    expect(reply.headers).toMatchObject({ 'x-thing': 'a', 'content-type': 'application/json' });
    expect([...reply.body]).toEqual([0xff, 0x00]);
  });

  it('noToken and emptyToken answer 200 without a token', async () => {
    simulator.script('auth', ['noToken', 'emptyToken']);
    const [without, blank] = [await call('/auth'), await call('/auth')];
    expect([without.status, blank.status]).toEqual([200, 200]);
    expect(without.headers).not.toHaveProperty('super-secure-token');
    expect(blank.headers['super-secure-token']).toBe('');
  });

  it.each([
    'cut',
    'cutConnection',
    'stall',
    'drip',
    'huge',
    'endless',
    'gzipBomb',
    'reset',
    'garbage',
  ] as const)('%s does not harm the simulator after HEAD /auth', async (step) => {
    simulator.script('auth', [step]);
    await call('/auth', { method: 'HEAD', leaveAfterMs: 500 }).catch(() => undefined);
    expect((await lastCall()).fault).toBe(step);
    expect((await call('/auth')).status).toBe(200);
  });

  it('is drawn by its rate if there is no script', async () => {
    simulator.configure({ rates: { auth: { error500: 1 } } });
    simulator.script('auth', ['ok']);
    expect([(await call('/auth')).status, (await call('/auth')).status]).toEqual([200, 500]);
    expect(simulator.calls.map(({ fault }) => fault)).toEqual(['none', 'error500']);
  });
});
