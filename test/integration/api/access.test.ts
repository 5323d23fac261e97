import { createApiToken, type Role } from '../../../src/process/api-tokens';
import { ask, askExactly, startTestApi, type TestApi, type TestApiOptions, useApi } from '../../support/api';
import { useStore } from '../../support/store-fixtures';
import { useOpened } from '../../support/use-opened';

const tokens = { viewer: createApiToken('viewer'), operator: createApiToken('operator') };
const configured = Object.values(tokens).map((made) => {
  const [role, hash = ''] = made.configured.split(':');
  return { role: role as Role, hash };
});
const store = useStore({ keepRows: true });
const open = useApi();
const guarded = useOpened(startGuarded, (api) => api.close());

function startGuarded({ http, ...context }: TestApiOptions = {}): Promise<TestApi> {
  return startTestApi({ dataSource: store.dataSource, ...context, http: { tokens: configured, ...http } });
}

async function statusUnder(host: string, path: string): Promise<number> {
  return (await askExactly(open, path, { headers: { host } })).status;
}

describe('an API without tokens', () => {
  it.each(['127.0.0.1', '127.0.0.2', 'localhost', 'LOCALHOST:3000', '[::1]:3000'])(
    'answers under the name %s',
    async (host) => {
      expect(await statusUnder(host, '/healthz')).toBe(200);
    },
  );

  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'localhost:80@evil.example',
    'localhost/evil.example',
    'localhost:',
    'localhost:1/evil.example',
    '[::1].evil.example',
    '127.0.0.1:3000, evil.example',
  ])('refuses requests under the name %s, which another site may have pointed here', async (host) => {
    expect(await statusUnder(host, '/healthz')).toBe(421);
  });

  it.each(['X-Forwarded-For', 'X-Forwarded-Host', 'Forwarded', 'Via'])(
    'refuses requests through a proxy, which %s reveals',
    async (name) => {
      const response = await fetch(`${open.url}/api/v1/providers`, { headers: { [name]: 'localhost' } });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ detail: expect.stringContaining('API_TOKENS') });
    },
  );

  it.each([
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ Origin: 'http://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{ 'Sec-Fetch-Site': 'same-origin' }, 404],
    [{}, 404],
  ])('lets no page of another site change anything: %j', async (headers, status) => {
    const response = await fetch(`${open.url}/api/v1/nothing`, { method: 'POST', headers: headers as never });
    expect(response.status).toBe(status);
  });
});

describe('an API with tokens', () => {
  it('shows everyone that it is alive, and nothing else', async () => {
    expect((await fetch(`${guarded.url}/healthz`)).status).toBe(200);
    const refused = await fetch(`${guarded.url}/api/v1/anything`);
    expect([refused.status, refused.headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer']);
    expect(await refused.json()).toMatchObject({ status: 401, detail: expect.stringContaining('Bearer') });
  });

  it('calls a wrong token unknown, and does not ask for one', async () => {
    const headers = { Authorization: 'Bearer guess' };
    const refused = await fetch(`${guarded.url}/api/v1/partners`, { headers });
    expect(refused.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"');
    expect(await refused.json()).toMatchObject({ status: 401, detail: expect.stringMatching(/unknown/) });
  });

  it.each([
    ['/favicon.ico', 'image/x-icon', '\0\0\x01\0'],
    ['/robots.txt', 'text/plain; charset=utf-8', 'User-agent: *\nDisallow: /\n'],
  ])('answers %s without a token', async (path, type, start) => {
    for (const method of ['GET', 'HEAD']) {
      const response = await fetch(guarded.url + path, { method });
      expect([response.status, response.headers.get('Content-Type')]).toEqual([200, type]);
      const body = Buffer.from(await response.arrayBuffer()).toString('latin1');
      expect(body.slice(0, start.length)).toBe(method === 'GET' ? start : '');
    }
  });

  it('redirects people to the login page', async () => {
    const response = await fetch(`${guarded.url}/runs?status=failed`, {
      headers: { Accept: 'text/html' },
      redirect: 'manual',
    });
    expect([response.status, response.headers.get('Location')]).toEqual([
      302,
      '/login?next=%2Fruns%3Fstatus%3Dfailed',
    ]);
  });

  it.each([
    ['http://HOST/runs?status=failed', '/login?next=%2Fruns%3Fstatus%3Dfailed'],
    ['http://evil.example/runs', '/login?next=%2F'],
    ['no address', '/login?next=%2F'],
    [undefined, '/login?next=%2F'],
  ])('leads an open page that loads a part of itself to the login: %s', async (current, to) => {
    const { host } = new URL(guarded.url);
    const { status, headers } = await ask(guarded, '/runs', {
      headers: {
        Accept: '*/*',
        'HX-Request': 'true',
        ...(current && { 'HX-Current-URL': current.replace('HOST', host) }),
      },
    });
    expect([status, headers.get('HX-Redirect')]).toEqual([401, to]);
  });

  it('knows only the hash of a token, and logs refusals without the token', async () => {
    const known = await fetch(`${guarded.url}/api/v1/nothing`, {
      headers: { Authorization: `Bearer ${tokens.viewer.token}` },
    });
    expect(known.status).toBe(404);
    const { hash = '' } = configured[0] ?? {};
    for (const guess of [hash, tokens.viewer.token.slice(0, -1), `${tokens.viewer.token}x`]) {
      const refused = await fetch(`${guarded.url}/api/v1/nothing`, {
        headers: { Authorization: `Bearer ${guess}` },
      });
      expect(refused.status).toBe(401);
    }
    expect(guarded.log()).toContain('"Refused"');
    expect(guarded.log()).not.toContain(tokens.viewer.token.slice(0, 20));
  });
});

const bearer = (role: Role) => ({ Authorization: `Bearer ${tokens[role].token}` });

describe('a token', () => {
  it.each([
    '/metrics',
    '/openapi.json',
    '/docs/',
    '/docs/json',
    '/docs/static/index.html',
    '/api/v1/partners',
    '/events',
  ])('is needed at %s', async (path) => {
    expect((await ask(guarded, path)).status).toBe(401);
    const { status } = await ask(guarded, path, { headers: bearer('viewer') });
    expect(status).not.toBe(401);
  });

  it.each([
    '/api/v1/syncs',
    '/api/v1/syncs/x/cancel',
    '/api/v1/syncs/x/approve',
    '/api/v1/syncs/x/reject',
    '/api/v1/rejected-records/dismiss',
    '/api/v1/rejected-records/reopen',
    '/api/v1/partners/noteworth/schedule/pause',
    '/api/v1/partners/noteworth/schedule/resume',
    '/codec/decode',
    '/runs',
    '/runs/x/approve',
    '/runs/x/reject',
    '/rejected-records/dismiss',
    '/rejected-records/reopen',
  ])('of a viewer may change nothing at %s', async (path) => {
    const viewer = await ask(guarded, path, { method: 'POST', headers: bearer('viewer') });
    expect([viewer.status, viewer.body.detail]).toEqual([403, expect.stringContaining('operator')]);
    const operator = await ask(guarded, path, { method: 'POST', headers: bearer('operator') });
    expect([401, 403]).not.toContain(operator.status);
  });

  it('is not needed for a preflight', async () => {
    const ui = 'http://temporal.example';
    const api = await startGuarded({ http: { temporalUiUrl: ui } });
    const { status, headers } = await ask(api, '/codec/decode', {
      method: 'OPTIONS',
      headers: { Origin: ui, 'Access-Control-Request-Method': 'POST' },
    });
    expect([status, headers.get('Access-Control-Allow-Origin')]).toEqual([204, ui]);
    expect((await ask(api, '/codec/decode', { method: 'POST', headers: { Origin: ui } })).status).toBe(401);
    await api.close();
  });

  it('counts against the limit even if it is wrong', async () => {
    const { headers } = await ask(guarded, '/api/v1/partners', {
      headers: { Authorization: 'Bearer guess' },
    });
    expect(headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"');
    expect(headers.get('Cache-Control')).toBe('no-store');
  });
});

describe('readyz', () => {
  it('names the part that is not ready', async () => {
    const response = await fetch(`${open.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: 'not ready',
      parts: { postgres: 'not connected yet', temporal: 'no answer' },
      findings: ['store-unreachable', 'temporal-unreachable', 'partner-unreachable'].map((code) => ({
        code,
        severity: 'failing',
      })),
    });
  });
});
