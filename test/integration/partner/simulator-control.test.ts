import { PEOPLE } from '../../../src/simulator/people';
import { call, fetchProviders, newToken, simulator, useSimulator } from '../../support/simulator-caller';

useSimulator();

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
