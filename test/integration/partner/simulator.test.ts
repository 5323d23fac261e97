import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ExpectedError } from '../../../src/process/expected-error';
import { PEOPLE } from '../../../src/simulator/people';
import { checksum } from '../../../src/simulator/simulated-partner';
import { startSimulator } from '../../../src/simulator/simulator';
import {
  call,
  fetchProviders,
  lastCall,
  newToken,
  recordsOf,
  simulator,
  useSimulator,
} from '../../support/simulator-caller';

useSimulator();

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
