import { request } from 'node:http';
import { createApiToken, type Role } from '../../src/process/api-tokens';
import { startTestApi, type TestApi } from '../support/api';

const tokens = { viewer: createApiToken('viewer'), operator: createApiToken('operator') };
const configured = Object.values(tokens).map((made) => {
  const [role, hash = ''] = made.configured.split(':');
  return { role: role as Role, hash };
});
let open: TestApi;
let guarded: TestApi;

beforeAll(async () => {
  open = await startTestApi();
  guarded = await startTestApi({ http: { tokens: configured } });
});
afterAll(async () => {
  await open.close();
  await guarded.close();
});

/** Sends a request under another name than that of the address, as fetch will not. */
function statusUnder(host: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(new URL(path, open.url), { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('an API without tokens', () => {
  it.each(['127.0.0.1', 'localhost', 'LOCALHOST:3000', '[::1]:3000'])(
    'answers under the name %s',
    async (host) => {
      expect(await statusUnder(host, '/healthz')).toBe(200);
    },
  );

  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example'])(
    'answers nobody under the name %s, which may lead here from anywhere',
    async (host) => {
      expect(await statusUnder(host, '/healthz')).toBe(421);
    },
  );

  it.each([
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ Origin: 'http://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{ 'Sec-Fetch-Site': 'same-origin' }, 404],
    [{}, 404],
  ])('lets no page of elsewhere change anything: %j', async (headers, status) => {
    const response = await fetch(`${open.url}/api/v1/nothing`, { method: 'POST', headers: headers as never });
    expect(response.status).toBe(status);
  });
});

describe('an API with tokens', () => {
  it('says who it is to everybody, and nothing else', async () => {
    expect((await fetch(`${guarded.url}/healthz`)).status).toBe(200);
    const refused = await fetch(`${guarded.url}/api/v1/anything`);
    expect([refused.status, refused.headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer']);
    expect(await refused.json()).toMatchObject({ status: 401, detail: expect.stringContaining('Bearer') });
  });

  it('sends people to the login page', async () => {
    const response = await fetch(`${guarded.url}/runs?status=failed`, {
      headers: { Accept: 'text/html' },
      redirect: 'manual',
    });
    expect([response.status, response.headers.get('Location')]).toEqual([
      302,
      '/login?next=%2Fruns%3Fstatus%3Dfailed',
    ]);
  });

  it('knows a token by its hash alone, and logs what it refuses without the token', async () => {
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

describe('readyz', () => {
  it('says which part is not ready', async () => {
    const response = await fetch(`${open.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: 'not ready',
      parts: { postgres: 'not connected yet', temporal: 'no answer' },
    });
  });
});
