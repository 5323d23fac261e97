import { createApiToken, type Role } from '../../../src/process/api-tokens';
import { ask, startTestApi, type TestApi, type TestApiOptions } from '../../support/api';
import { useStore } from '../../support/store-fixtures';
import { testTemporalConfig, UNREACHABLE } from '../../support/temporal-config';
import { useOpened } from '../../support/use-opened';

const tokens = { viewer: createApiToken('viewer'), operator: createApiToken('operator') };
const configured = Object.values(tokens).map((made) => {
  const [role, hash = ''] = made.configured.split(':');
  return { role: role as Role, hash };
});
const store = useStore({ keepRows: true });
const guarded = useOpened(startGuarded, (api) => api.close());

function startGuarded({ http, ...context }: TestApiOptions = {}): Promise<TestApi> {
  return startTestApi({ dataSource: store.dataSource, ...context, http: { tokens: configured, ...http } });
}

/** Sends a form as a browser does. */
const submit = (
  api: TestApi,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
) => ask<string>(api, path, { method: 'POST', headers, body: new URLSearchParams(fields) });

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
