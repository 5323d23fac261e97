import { createHmac } from 'node:crypto';
import { createApiToken, hashToken } from '../../../src/process/api-tokens';
import { ask, startTestApi, type TestApi, type TestApiOptions } from '../../support/api';
import { useStore } from '../../support/store-fixtures';
import { testTemporalConfig, UNREACHABLE } from '../../support/temporal-config';
import { useOpened } from '../../support/use-opened';

const { token } = createApiToken('operator');
const tokens = [{ role: 'operator' as const, hash: hashToken(token) }];
const temporal = testTemporalConfig({ connection: UNREACHABLE });
const store = useStore({ keepRows: true });
const api = useOpened(start, (opened) => opened.close());
const others: TestApi[] = [];

afterEach(async () => {
  for (const other of others.splice(0)) await other.close();
});

/** An API process that shares tokens, keys and Postgres with the others. */
function start({ http, ...context }: TestApiOptions = {}): Promise<TestApi> {
  return startTestApi({ dataSource: store.dataSource, temporal, ...context, http: { tokens, ...http } });
}

async function startAnother(options: TestApiOptions = {}): Promise<TestApi> {
  const other = await start(options);
  others.push(other);
  return other;
}

/** The cookie that a browser keeps after a login, as it sends it. */
async function logIn(at = api, headers: Record<string, string> = {}): Promise<string> {
  const body = new URLSearchParams({ token });
  const answered = await ask(at, '/login', { method: 'POST', body, headers });
  expect(answered.status).toBe(303);
  return answered.headers.get('Set-Cookie')?.split(';')[0] ?? '';
}

async function statusWith(cookie: string, at = api, headers: Record<string, string> = {}): Promise<number> {
  return (await ask(at, '/api/v1/stats', { headers: { Cookie: cookie, ...headers } })).status;
}

const logOut = (cookie: string, at = api, headers: Record<string, string> = {}) =>
  ask<string>(at, '/logout', { method: 'POST', headers: { Cookie: cookie, ...headers } });

describe('logging out', () => {
  it('ends the session for every copy of its cookie, in each API process and after a restart', async () => {
    const cookie = await logIn();
    const second = await startAnother();
    expect([await statusWith(cookie), await statusWith(cookie, second)]).toEqual([200, 200]);
    const out = await logOut(cookie);
    expect([out.status, out.headers.get('Set-Cookie')]).toEqual([
      303,
      expect.stringMatching(/^provider_sync_session=; .*Expires=Thu, 01 Jan 1970/),
    ]);
    expect([await statusWith(cookie), await statusWith(cookie, second)]).toEqual([401, 401]);
    expect(await statusWith(cookie, await startAnother())).toBe(401);
    for (const path of ['/', '/runs', '/events']) {
      const { status } = await ask(api, path, { headers: { Cookie: cookie, Accept: 'text/event-stream' } });
      expect(status).toBe(401);
    }
  });

  it('ends no other session of the same token', async () => {
    const [one, other] = [await logIn(), await logIn()];
    await logOut(one);
    expect([await statusWith(one), await statusWith(other)]).toEqual([401, 200]);
  });

  it('works twice, and without a session', async () => {
    const cookie = await logIn();
    for (const sent of [cookie, cookie, 'provider_sync_session=nonsense', '']) {
      expect((await logOut(sent)).status).toBe(303);
    }
  });

  it('leaves nothing in the database soon after the session would have expired', async () => {
    await logOut(await logIn());
    await store.dataSource.query(`UPDATE ended_sessions SET expires_at = now() - interval '25 hours'`);
    const cookie = await logIn();
    await logOut(cookie);
    const rows = await store.dataSource.query('SELECT id FROM ended_sessions');
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(hashToken(token));
  });
});

describe('without Postgres', () => {
  it('logs people in, accepts no session, and does not claim that one has ended', async () => {
    const alone = await startTestApi({ temporal, http: { tokens } });
    others.push(alone);
    const cookie = await logIn(alone);
    expect(await statusWith(cookie)).toBe(200);
    expect(await statusWith(cookie, alone)).toBe(503);
    const page = await ask<string>(alone, '/login', { headers: { Cookie: cookie, Accept: 'text/html' } });
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('Log in')]);
    const out = await logOut(cookie, alone);
    expect([out.status, out.headers.get('Set-Cookie')]).toEqual([503, null]);
    expect(out.body).toMatchObject({ detail: expect.stringContaining('You are still logged in') });
    expect(await statusWith(cookie)).toBe(200);
    const bearer = { Authorization: `Bearer ${token}` };
    expect((await ask(alone, '/openapi.json', { headers: bearer })).status).toBe(200);
  });
});

describe('a cookie that another domain added', () => {
  it('does not lock a person out, before or after ours', async () => {
    const cookie = await logIn();
    const [name = ''] = cookie.split('=');
    for (const tossed of [
      `${name}=`,
      `${name}=nonsense`,
      `${name}=%zz`,
      `${name}="x"`,
      `${name}=${'x'.repeat(3_000)}`,
    ]) {
      expect([tossed, await statusWith(`${tossed}; ${cookie}`)]).toEqual([tossed, 200]);
      expect([tossed, await statusWith(`${cookie}; ${tossed}`)]).toEqual([tossed, 200]);
    }
  });

  it('does not lock a person out with a session of its own that has ended', async () => {
    const theirs = await logIn();
    await logOut(theirs);
    const ours = await logIn();
    expect(await statusWith(`${theirs}; ${ours}`)).toBe(200);
    await logOut(`${theirs}; ${ours}`);
    expect(await statusWith(ours)).toBe(401);
  });

  it('is not accepted without our signature', async () => {
    const value = `id.${hashToken(token)}.${Math.floor(Date.now() / 1000) + 60}`;
    const signature = createHmac('sha256', 'guess').update(value).digest('base64').replace(/=+$/, '');
    const forged = encodeURIComponent(`${value}.${signature}`);
    expect(await statusWith(`provider_sync_session=${forged}; provider_sync_session=${value}`)).toBe(401);
  });
});

describe('over TLS', () => {
  const forwarded = { 'X-Forwarded-Proto': 'https' };

  it.each([
    ['a trusted proxy says so', { trustProxy: ['127.0.0.1'] }, forwarded],
    [
      'a trusted proxy says so, and PUBLIC_URL does not',
      { trustProxy: ['127.0.0.1'], publicUrl: 'http://localhost:3000' },
      forwarded,
    ],
    ['PUBLIC_URL says so', { publicUrl: 'https://directory.example' }, {}],
  ])('a session has a cookie that no other domain can set, if %s', async (_case, http, headers) => {
    const secure = await startAnother({ http });
    const body = new URLSearchParams({ token });
    const answered = await ask(secure, '/login', { method: 'POST', body, headers: headers as never });
    const set = answered.headers.get('Set-Cookie') ?? '';
    expect(set).toMatch(
      /^__Host-provider_sync_session=[^;]+; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(answered.headers.get('Strict-Transport-Security')).toBe('max-age=31536000');
    const cookie = set.split(';')[0] ?? '';
    expect(await statusWith(cookie, secure, headers as never)).toBe(200);
    const plain = cookie.replace('__Host-', '');
    expect(await statusWith(plain, secure, headers as never)).toBe(401);
    const out = await logOut(cookie, secure, headers as never);
    expect(out.headers.get('Set-Cookie')).toMatch(/^__Host-provider_sync_session=; .*Path=\/;.*Secure/);
    expect(await statusWith(cookie, secure, headers as never)).toBe(401);
  });

  it('is not assumed because an untrusted proxy reports it', async () => {
    const { headers } = await ask(api, '/login', { headers: forwarded });
    expect(headers.get('Strict-Transport-Security')).toBeNull();
    expect(await logIn(api, forwarded)).toMatch(/^provider_sync_session=/);
  });
});
