import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { ExpectedError } from '../../../src/process/expected-error';
import { PEOPLE, type Person } from '../../../src/simulator/people';
import { checksum } from '../../../src/simulator/simulated-partner';
import {
  type SimulatedCall,
  type Simulator,
  type Step,
  startSimulator,
} from '../../../src/simulator/simulator';

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Why the body ended early, if it did. */
  readonly broken: string | null;
}

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Milliseconds after which the caller closes the connection. */
  readonly leaveAfterMs?: number;
  readonly agent?: Agent;
}

let simulator: Simulator;

/** Makes a call and reads the answer to its end or until it breaks. Rejects if there is no answer. */
function call(path: string, { method = 'GET', headers = {}, body, leaveAfterMs, agent }: Call = {}) {
  const signal = AbortSignal.timeout(leaveAfterMs ?? 8000);
  return new Promise<Reply>((resolve, reject) => {
    let answered = false;
    const outgoing = request(
      { host: '127.0.0.1', port: simulator.port, path, method, headers, signal, agent: agent ?? false },
      (response) => {
        answered = true;
        const chunks: Buffer[] = [];
        const end = (broken: string | null) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
            broken,
          });
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => end(null));
        response.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.name));
      },
    );
    // After the headers, the error of the answer shows how it broke.
    outgoing.on('error', (error) => answered || reject(error));
    outgoing.end(body);
  });
}

async function newToken(): Promise<string> {
  const { headers } = await call('/auth');
  return String(headers['super-secure-token']);
}

function fetchProviders(token: string, more: Call = {}): Promise<Reply> {
  return call('/providers', { headers: { 'X-Request-Checksum': checksum(token, '/providers') }, ...more });
}

function recordsOf({ body }: Reply): Person[] {
  return JSON.parse(body.toString()).providers;
}

/** The latest call once it has ended, as the simulator saw it. */
async function lastCall(): Promise<SimulatedCall> {
  for (let waited = 0; waited < 5000; waited += 10) {
    const last = simulator.calls.at(-1);
    if (last !== undefined && last.ended !== 'pending') return last;
    await pause(10);
  }
  throw new Error('The last call did not end within 5 s.');
}

/** Scripts one step for /providers and makes that call with a valid token. */
async function meet(step: Step, more: Call = {}): Promise<Reply> {
  const token = await newToken();
  simulator.script('providers', [step]);
  return fetchProviders(token, more);
}

beforeAll(async () => {
  simulator = await startSimulator({ seed: 1 });
});

beforeEach(() => {
  simulator.reset();
  simulator.configure({
    hangMs: 30_000,
    rates: { auth: {}, providers: {} },
    recordsPerAnswer: 10,
    people: PEOPLE,
  });
});

afterAll(async () => {
  await simulator.close();
});

describe('the partner without faults', () => {
  it('returns a token in a header and ten records for its checksum, both as text/html', async () => {
    const auth = await call('/auth');
    expect(auth.status).toBe(200);
    expect(auth.headers['super-secure-token']).toMatch(/^\S{20,}$/);
    const reply = await fetchProviders(String(auth.headers['super-secure-token']));
    expect(reply).toMatchObject({ status: 200, broken: null });
    for (const { headers } of [auth, reply]) expect(headers['content-type']).toMatch(/^text\/html/);
    const records = recordsOf(reply);
    expect(records).toHaveLength(10);
    for (const record of records) {
      expect(Object.keys(record)).toEqual(['name_given', 'name_family', 'title', 'clinic']);
      expect(PEOPLE).toContainEqual(record);
    }
  });

  it('returns different records in each call', async () => {
    const token = await newToken();
    const [first, second] = [await fetchProviders(token), await fetchProviders(token)];
    expect(recordsOf(first)).not.toEqual(recordsOf(second));
  });

  it('has one valid token: each GET or HEAD replaces it', async () => {
    const first = await newToken();
    const second = await newToken();
    expect((await fetchProviders(first)).status).toBe(403);
    expect((await fetchProviders(second)).status).toBe(200);
    const head = await call('/auth', { method: 'HEAD' });
    expect(head.body).toHaveLength(0);
    expect((await fetchProviders(second)).status).toBe(403);
    expect((await fetchProviders(String(head.headers['super-secure-token']))).status).toBe(200);
  });

  it('keeps the last token valid if /auth fails', async () => {
    const token = await newToken();
    simulator.script('auth', ['error500', { fault: 'hang', hangMs: 0 }, 'noToken', 'emptyToken']);
    for (const status of [500, 408, 200, 200]) expect((await call('/auth')).status).toBe(status);
    expect((await fetchProviders(token)).status).toBe(200);
  });

  it('answers 401 without a checksum and 403 with a wrong one; the checksum does not cover the query', async () => {
    const token = await newToken();
    expect((await call('/providers')).status).toBe(401);
    expect((await fetchProviders(`${token}x`)).status).toBe(403);
    expect(
      (await call('/providers?a=1', { headers: { 'X-Request-Checksum': checksum(token, '/providers') } }))
        .status,
    ).toBe(200);
  });

  it('answers 200 with a plain text before the first token exists', async () => {
    const reply = await fetchProviders('None');
    expect([reply.status, reply.body.toString()]).toEqual([200, 'Error: No token created']);
  });

  it('checks the checksum only after the faults', async () => {
    simulator.script('providers', ['error500', 'cut']);
    expect((await call('/providers')).status).toBe(500);
    expect((await call('/providers')).status).toBe(200);
    expect((await call('/providers')).status).toBe(401);
  });

  it('refuses other methods and other paths', async () => {
    const post = await call('/auth', { method: 'POST' });
    expect([post.status, post.headers.allow]).toEqual([405, 'GET, HEAD']);
    const head = await call('/providers', { method: 'HEAD' });
    expect([head.status, head.headers.allow]).toEqual([405, 'GET']);
    expect(simulator.calls.map(({ status }) => status)).toEqual([405, 405]);
    expect((await call('/auth/')).status).toBe(404);
    expect(simulator.calls).toHaveLength(2);
  });

  it('answers several requests on one connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let round = 0; round < 15; round += 1) expect((await call('/auth', { agent })).status).toBe(200);
    agent.destroy();
  });
});

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

describe('a misbehaving caller', () => {
  it('that sends a body gets an answer, and the body is not read', async () => {
    const socket = connect(simulator.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /auth HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc');
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toMatch(/\r\nConnection: close\r\n/);
  });

  it('that disconnects with requests behind a hanging one leaves nothing behind', async () => {
    simulator.script('auth', ['hangForever', { fault: 'hang', hangMs: 60_000 }]);
    const socket = connect(simulator.port, '127.0.0.1');
    socket.write('GET /auth HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2));
    await once(socket, 'connect');
    while (simulator.calls.length < 2) await pause(5);
    socket.destroy();
    await lastCall();
    expect(simulator.calls.map(({ ended }) => ended)).toEqual(['aborted', 'aborted']);
  });
});

describe('control over HTTP', () => {
  const json = { 'Content-Type': 'application/json' };
  const send = (method: string, path: string, body: unknown, headers: Record<string, string> = json) =>
    call(path, { method, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

  it('shows settings, counts and the last calls, but no token', async () => {
    const token = await newToken();
    await fetchProviders(token);
    const reply = await call('/control');
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.body.toString()).not.toContain(token);
    expect(JSON.parse(reply.body.toString())).toMatchObject({
      settings: { hangMs: 30_000, recordsPerAnswer: 10, rates: { auth: {}, providers: {} } },
      people: PEOPLE.length,
      scripted: { auth: 0, providers: 0 },
      hasToken: true,
      counts: { auth: { none: 1 }, providers: { none: 1 } },
      calls: [{ endpoint: 'providers', status: 200 }, { endpoint: 'auth' }],
    });
  });

  it('accepts the settings that it shows', async () => {
    const { settings } = JSON.parse((await call('/control')).body.toString());
    expect((await send('PUT', '/control', settings)).status).toBe(200);
  });

  it('changes settings, scripts and resets', async () => {
    expect((await send('PUT', '/control', { hangMs: 7, rates: { auth: { hang: 1 } } })).status).toBe(200);
    expect((await call('/auth')).status).toBe(408);
    const steps = ['empty', { fault: 'status', status: 503, retryAfter: '1' }];
    expect((await send('POST', '/control/script', { endpoint: 'auth', steps })).status).toBe(200);
    expect([(await call('/auth')).status, (await call('/auth')).status]).toEqual([200, 503]);
    expect((await call('/control/reset', { method: 'POST', headers: json })).status).toBe(200);
    expect(simulator.calls).toHaveLength(0);
    expect((await fetchProviders('x')).body.toString()).toBe('Error: No token created');
  });

  it.each([
    ['PUT', '/control', { hangMs: 'long' }, /hangMs/],
    ['PUT', '/control', '{', /not JSON/],
    ['PUT', '/control', '', /expected object/],
    ['POST', '/control/script', { endpoint: 'other', steps: [] }, /endpoint/],
    ['POST', '/control/script', { endpoint: 'auth', steps: ['boom'] }, /no such fault/],
  ])('answers %s %s with %j with a 400 and a reason', async (method, path, body, reason) => {
    const reply = await send(method, path, body);
    expect(reply.status).toBe(400);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(reply.body.toString())).toMatchObject({
      status: 400,
      detail: expect.stringMatching(reason),
    });
  });

  it.each([
    ['a form', 415, { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['no content type', 415, {}],
    ['another origin', 403, { ...json, Origin: 'http://example.org' }],
    ['a hidden origin', 403, { ...json, Origin: 'null' }],
    ['another host', 403, { ...json, Host: 'example.org' }],
  ])('refuses %s with %i', async (_what, status, headers) => {
    expect((await send('POST', '/control/reset', '{}', headers as Record<string, string>)).status).toBe(
      status,
    );
  });

  it('answers pages of its own origin', async () => {
    const headers = { ...json, Origin: simulator.url };
    expect((await send('POST', '/control/reset', '', headers)).status).toBe(200);
  });

  it('refuses other methods, and bodies that are too large', async () => {
    const other = await send('DELETE', '/control', '');
    expect([other.status, other.headers.allow]).toEqual([405, 'GET, PUT']);
    expect((await send('PUT', '/control', ' '.repeat(5_000_000))).status).toBe(413);
  });
});

describe('the page', () => {
  it('has a strict policy and its style', async () => {
    await call('/auth?<b>');
    const shown = await call('/');
    expect(shown.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'self';/);
    expect(shown.body.toString()).toContain('GET /auth?&lt;b&gt;');
    expect((await call('/style.css')).headers['content-type']).toMatch(/^text\/css/);
    expect((await call('/', { method: 'POST' })).status).toBe(405);
  });
});

describe('the simulator', () => {
  it('reports a port that is taken or invalid', async () => {
    await expect(startSimulator({ port: simulator.port })).rejects.toThrow(ExpectedError);
    await expect(startSimulator({ port: simulator.port })).rejects.toThrow(/it is taken/);
    await expect(startSimulator({ port: 70_000 })).rejects.toThrow(ExpectedError);
  });

  it('refuses wrong options', async () => {
    await expect(startSimulator({ hangMs: -1 })).rejects.toThrow(/hangMs/);
    await expect(startSimulator({ script: { auth: ['noList'] } })).rejects.toThrow(/noList/);
  });

  it('keeps the configured number of calls', async () => {
    const small = await startSimulator({ maxCallsKept: 2, rates: { auth: {} } });
    for (let round = 0; round < 3; round += 1) await (await fetch(`${small.url}/auth?${round}`)).text();
    expect(small.calls.map(({ path }) => path)).toEqual(['/auth?1', '/auth?2']);
    await small.close();
  });

  it('ends hanging calls when it is closed, and may be closed twice', async () => {
    const short = await startSimulator({ script: { auth: ['hangForever'] } });
    const hanging = fetch(`${short.url}/auth`);
    while (short.calls.length === 0) await pause(5);
    await Promise.all([short.close(), short.close(), expect(hanging).rejects.toThrow()]);
    expect(short.calls.map(({ ended }) => ended)).toEqual(['aborted']);
  });
});
