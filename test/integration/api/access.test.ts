import { createApiToken, type Role } from '../../../src/process/api-tokens';
import { ask, askExactly, startTestApi, type TestApi, type TestApiOptions, useApi } from '../../support/api';
import { useStore } from '../../support/store-fixtures';
import { testTemporalConfig, UNREACHABLE } from '../../support/temporal-config';
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

/** Sends a form as a browser does. */
const submit = (
  api: TestApi,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) => ask<string>(api, path, { method: 'POST', headers, body: new URLSearchParams(fields) });
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
    '/api/v1/partners/noteworth/schedule/pause',
    '/api/v1/partners/noteworth/schedule/resume',
    '/codec/decode',
    '/runs',
    '/runs/x/approve',
    '/runs/x/reject',
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
    expect(headers.get('WWW-Authenticate')).toBe('Bearer');
    expect(headers.get('Cache-Control')).toBe('no-store');
  });
});

describe('a session', () => {
  const login = async (role: Role, api = guarded, headers: Record<string, string> = {}) => {
    const answered = await submit(api, '/login', { token: tokens[role].token, next: '/runs' }, headers);
    return { ...answered, cookie: answered.headers.get('Set-Cookie') ?? '' };
  };
  const withCookie = (cookie: string, api = guarded) =>
    ask(api, '/api/v1/nothing', { headers: { Cookie: cookie.split(';')[0] ?? '' } }).then(
      ({ status }) => status,
    );

  it('is given for a token, for twelve hours, hidden from scripts and other sites', async () => {
    const { status, headers, cookie } = await login('viewer');
    expect([status, headers.get('Location')]).toEqual([303, '/runs']);
    expect(cookie).toMatch(/; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(cookie).not.toContain(tokens.viewer.token);
    expect(await withCookie(cookie)).toBe(404);
    expect(guarded.log()).not.toContain(cookie.split(/[=;]/)[1]);
  });

  it('has the role of its token', async () => {
    const { cookie } = await login('viewer');
    const headers = { Cookie: cookie.split(';')[0] ?? '', 'Sec-Fetch-Site': 'same-origin' };
    expect((await ask(guarded, '/api/v1/syncs', { method: 'POST', headers })).status).toBe(403);
  });

  it('serves no page of another site', async () => {
    const { cookie } = await login('operator');
    for (const from of [{ 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'http://evil.example' }]) {
      const headers = { Cookie: cookie.split(';')[0] ?? '', ...from };
      expect((await ask(guarded, '/api/v1/syncs', { method: 'POST', headers })).status).toBe(403);
      expect((await submit(guarded, '/login', { token: tokens.operator.token }, from as never)).status).toBe(
        403,
      );
    }
  });

  it('ends if a letter is changed, after its time, with its token, and by logging out', async () => {
    const { cookie } = await login('viewer');
    const [pair = ''] = cookie.split(';');
    for (const place of [30, 60, pair.length - 3]) {
      const other = pair[place] === 'a' ? 'b' : 'a';
      expect(await withCookie(`${pair.slice(0, place)}${other}${pair.slice(place + 1)}`)).toBe(401);
    }
    const later = Date.now() + 12 * 60 * 60_000 + 1_000;
    jest.spyOn(Date, 'now').mockReturnValue(later);
    expect(await withCookie(cookie)).toBe(401);
    jest.restoreAllMocks();
    expect(await withCookie(cookie)).toBe(404);

    const temporal = testTemporalConfig({ connection: UNREACHABLE });
    const before = await startGuarded({ temporal });
    const kept = (await login('viewer', before)).cookie;
    const same = await startGuarded({ temporal });
    const without = await startGuarded({ temporal, http: { tokens: configured.slice(1) } });
    expect([await withCookie(kept, same), await withCookie(kept, without)]).toEqual([404, 401]);
    await Promise.all([before, same, without].map((api) => api.close()));

    const out = await submit(guarded, '/logout', {}, { Cookie: pair });
    expect(out.headers.get('Set-Cookie')).toMatch(/^provider_sync_session=; .*Expires=Thu, 01 Jan 1970/);
  });

  it('is secure if a trusted proxy reports TLS', async () => {
    const proxied = await startGuarded({ http: { trustProxy: ['127.0.0.1'] } });
    const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '203.0.113.9' };
    expect((await login('viewer', proxied, forwarded)).cookie).toContain('; Secure');
    expect((await login('viewer', guarded, forwarded)).cookie).not.toContain('; Secure');
    await submit(proxied, '/login', { token: 'wrong' }, forwarded);
    expect(proxied.log()).toContain('"ip":"203.0.113.9"');
    await proxied.close();
  });

  it.each([
    ['/runs?status=failed', '/runs?status=failed'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/%09/evil.example', '/%09/evil.example'],
    ['/\t/evil.example', '/'],
    ['http://evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/€', '/'],
    ['/\u0001', '/'],
    ['/providers?search=zo%C3%AB', '/providers?search=zo%C3%AB'],
  ])('redirects from a login with next=%j to %s', async (next, location) => {
    const api = await startGuarded();
    const { headers } = await submit(api, '/login', { token: tokens.viewer.token, next });
    expect(headers.get('Location')).toBe(location);
    const cookie = headers.get('Set-Cookie')?.split(';')[0] ?? '';
    const again = await ask(api, `/login?next=${encodeURIComponent(next)}`, { headers: { Cookie: cookie } });
    expect(again.headers.get('Location')).toBe(location);
    await api.close();
  });

  it('cannot be guessed by many attempts', async () => {
    const api = await startGuarded();
    const statuses: number[] = [];
    for (let number = 0; number < 12; number += 1) {
      statuses.push((await submit(api, '/login', { token: `guess ${number}` })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    const { headers, body } = await submit(api, '/login', { token: tokens.viewer.token });
    expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(body).toMatchObject({ status: 429 });
    expect(api.log()).toContain('Login refused: unknown token');
    expect(api.log()).not.toContain('guess 1');
    await api.close();
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
