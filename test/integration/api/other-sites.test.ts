import { createApiToken, hashToken } from '../../../src/process/api-tokens';
import { askExactly, useApi } from '../../support/api';
import { useStore } from '../../support/store-fixtures';

const UI = 'http://temporal.example';
const PUBLIC_URL = 'https://directory.example';
const { token } = createApiToken('operator');
const tokens = [{ role: 'operator' as const, hash: hashToken(token) }];
const store = useStore({ keepRows: true });
const open = useApi(() => ({ dataSource: store.dataSource, http: { temporalUiUrl: UI } }));
const published = useApi(() => ({ dataSource: store.dataSource, http: { tokens, publicUrl: PUBLIC_URL } }));
const guarded = useApi(() => ({ dataSource: store.dataSource, http: { tokens, temporalUiUrl: UI } }));

const DATA = [
  '/',
  '/runs',
  '/providers',
  '/rejected-records',
  '/partners',
  '/workers',
  '/webhooks',
  '/events',
  '/api/v1/providers',
  '/api/v1/providers?format=csv',
  '/api/v1/syncs?format=ndjson',
  '/api/v1/stats',
  '/fhir/R4/Practitioner',
  '/metrics',
  '/openapi.json',
  '/docs/',
  '/docs/json',
];
const OTHER_SITES: Record<string, string>[] = [
  { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' },
  { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty' },
  { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
  { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Dest': 'document' },
  { Origin: 'http://evil.example' },
  { Origin: 'null' },
];

describe('a page of another site', () => {
  it.each(DATA)('reads nothing at %s, although no token is needed', async (path) => {
    for (const headers of OTHER_SITES) {
      for (const method of ['GET', 'HEAD']) {
        const { status } = await askExactly(open, path, { method, headers });
        expect([path, method, headers, status]).toEqual([path, method, headers, 403]);
      }
    }
  });

  it('may link to a page here, with and without tokens', async () => {
    const headers = {
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    };
    expect((await askExactly(open, '/runs', { headers })).status).toBe(200);
    expect((await askExactly(open, '/api/v1/providers?format=csv', { headers })).status).toBe(200);
    const asPage = { ...headers, Accept: 'text/html' };
    expect((await askExactly(guarded, '/runs', { headers: asPage })).status).toBe(302);
    expect((await askExactly(open, '/runs', { method: 'POST', headers })).status).toBe(403);
  });

  it('may check that the service is alive', async () => {
    for (const path of ['/healthz', '/fhir/R4/metadata']) {
      expect((await askExactly(open, path, { headers: OTHER_SITES[0] ?? {} })).status).toBe(200);
    }
  });

  it.each(['guess', 'x', token])(
    'changes nothing with a bearer that is not known here: %#',
    async (bearer) => {
      for (const from of OTHER_SITES) {
        const headers = { ...from, Authorization: `Bearer ${bearer}` };
        expect((await askExactly(open, '/api/v1/syncs', { method: 'POST', headers })).status).toBe(403);
      }
      const headers = { Origin: 'http://evil.example', Authorization: 'Bearer guess' };
      for (const path of ['/api/v1/syncs', '/login', '/logout']) {
        expect((await askExactly(guarded, path, { method: 'POST', headers })).status).toBe(403);
      }
    },
  );

  it('is not a page with the origin of PUBLIC_URL, whatever Host a proxy sends', async () => {
    const post = async (origin: string, host: string) =>
      (await askExactly(published, '/logout', { method: 'POST', headers: { Origin: origin, Host: host } }))
        .status;
    expect(await post(PUBLIC_URL, 'api.internal:3000')).toBe(303);
    expect(await post('https://evil.example', 'api.internal:3000')).toBe(403);
    expect(await post('http://directory.example', 'api.internal:3000')).toBe(403);
  });

  it('may read with a token', async () => {
    const headers = { Origin: 'http://portal.example', Authorization: `Bearer ${token}` };
    expect((await askExactly(guarded, '/api/v1/providers', { headers })).status).toBe(200);
  });

  it.each(['/api/v1/syncs', '/runs', '/', '/login', '/fhir/R4/Practitioner/_search', '/nowhere'])(
    'gets no answer to a preflight at %s, even from the Temporal UI',
    async (path) => {
      const headers = { Origin: UI, 'Access-Control-Request-Method': 'POST' };
      for (const api of [open, guarded]) {
        const { status, headers: sent } = await askExactly(api, path, { method: 'OPTIONS', headers });
        expect(status).toBeGreaterThanOrEqual(400);
        expect(sent.get('Access-Control-Allow-Origin')).toBeNull();
        expect(sent.get('Access-Control-Allow-Methods')).toBeNull();
      }
    },
  );

  it.each(['/codec/decode', '/codec/encode'])('may use %s if it is the Temporal UI', async (path) => {
    const headers = { Origin: UI, 'Access-Control-Request-Method': 'POST' };
    for (const api of [open, guarded]) {
      const { status, headers: sent } = await askExactly(api, path, { method: 'OPTIONS', headers });
      expect([status, sent.get('Access-Control-Allow-Origin')]).toEqual([204, UI]);
    }
  });
});
