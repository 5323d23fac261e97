import { request } from 'node:http';
import { connect } from 'node:net';
import { ask, startTestApi, useApi } from '../../support/api';
import { until } from '../../support/scenario';
import { provider, sync, useStore } from '../../support/store-fixtures';
import { testTemporalConfig } from '../../support/temporal-config';

/** From one address in a minute. */
const MOST_REQUESTS = 6_000;

const store = useStore({ keepRows: true });
const api = useApi(() => ({ dataSource: store.dataSource }));

beforeAll(async () => {
  await sync(store.dataSource, 'sample', [provider('1'), provider('2')]);
});

/** Sends the bytes unchanged, and reads until the connection ends. */
function sendBytes(bytes: string, to = api.url): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(to);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (part) => {
      text += part;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

const get = (path: string, more = '') =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${more}\r\n`;

describe('every error is problem details', () => {
  it.each([
    ['a path that is not encoded', get('/api/v1/providers/%zz'), 400],
    ['a path in another encoding', get('/api/v1/syncs/%ED%A0%80'), 400],
    ['a NUL in a path', get('/api/v1/syncs/%00'), 400],
    ['an id that is too long', get(`/api/v1/syncs/${'x'.repeat(1_001)}`), 400],
    ['an address that is too long', get(`/api/v1/providers?search=${'x'.repeat(20_000)}`), 431],
    ['headers that are too long', get('/api/v1/providers', `X-Much: ${'x'.repeat(20_000)}\r\n`), 431],
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['an unknown method', get('/api/v1/providers').replace('GET', 'FETCH'), 400],
    ['a path that does not exist', get('/nothing?name=secret'), 404],
    ['a method that the path does not have', get('/api/v1/providers').replace('GET', 'DELETE'), 405],
    [
      'a method with a body',
      get('/healthz', 'Content-Length: 1\r\nContent-Type: a/b\r\n').replace('GET', 'PATCH'),
      405,
    ],
  ])('for %s', async (_case, bytes, status) => {
    const [head = '', body = ''] = (await sendBytes(bytes)).split(/\r\n\r\n/);
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status,
      detail: expect.any(String),
      ...(body.includes('"errors"') && { errors: [{ path: 'id', message: expect.any(String) }] }),
    });
  });

  it.each([
    ['plain text', 'text/plain', 'x', 415],
    ['a form', 'application/x-www-form-urlencoded', 'partner=noteworth', 415],
    ['broken JSON', 'application/json', '{', 400],
    ['no JSON', 'application/json', '', 400],
    ['too much', 'application/json', JSON.stringify({ partner: 'x'.repeat(70_000) }), 413],
    ['a prototype', 'application/json', '{"partner":"noteworth","__proto__":{"a":1}}', 400],
  ])('for a body that is %s', async (_case, type, body, status) => {
    const init = { method: 'POST', headers: { 'Content-Type': type }, body };
    const answered = await ask(api, '/api/v1/syncs', init);
    expect([answered.status, answered.body.status]).toEqual([status, status]);
    expect(answered.headers.get('Content-Type')).toBe('application/problem+json');
  });

  it('lists the allowed methods with a 405', async () => {
    const { headers } = await ask(api, '/api/v1/syncs', { method: 'PUT' });
    expect(headers.get('Allow')).toBe('GET, HEAD, POST');
  });

  it('hides the cause of a defect, and logs it under the id of the request', async () => {
    await store.dataSource.query(
      `ALTER TABLE sync_runs ALTER COLUMN unknown_fields TYPE text USING 'secret name'`,
    );
    try {
      const { status, headers, body } = await ask(api, '/api/v1/syncs');
      expect([status, JSON.stringify(body)]).toEqual([500, expect.not.stringContaining('secret')]);
      const line = api
        .log()
        .split('\n')
        .find((text) => text.includes('A request failed'));
      expect(line).toContain(`"reqId":"${headers.get('X-Request-Id')}"`);
    } finally {
      await store.dataSource.query(
        `ALTER TABLE sync_runs ALTER COLUMN unknown_fields TYPE text[] USING '{}'`,
      );
    }
  });
});

describe('requests', () => {
  it('have an id, their own if it is harmless', async () => {
    const idOf = async (id: string) =>
      (await ask(api, '/healthz', { headers: { 'X-Request-Id': id } })).headers.get('X-Request-Id');
    expect(await idOf('trace-1:2.3')).toBe('trace-1:2.3');
    for (const odd of ['a b', '"', 'x'.repeat(129)]) expect(await idOf(odd)).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('are logged without the search text', async () => {
    await ask(api, '/api/v1/providers?search=Krasivaya&clinic=Krasivaya');
    await ask(api, '/nowhere?search=Krasivaya');
    await ask(api, '/api/v1/providers?searches=Krasivaya');
    await until(() => api.log().includes('"path":"/api/v1/providers"'));
    expect(api.log()).not.toContain('Krasivaya');
  });

  it('are answered with 304 if nothing changed, compressed or not', async () => {
    const { headers } = await ask(api, '/api/v1/providers');
    const tag = headers.get('ETag') ?? '';
    expect(tag).toMatch(/^W\/"/);
    expect(headers.get('Cache-Control')).toBe('no-store');
    const known = async (ifNoneMatch: string, method = 'GET') =>
      (await ask(api, '/api/v1/providers', { method, headers: { 'If-None-Match': ifNoneMatch } })).status;
    expect(await known(tag)).toBe(304);
    expect(await known(tag, 'HEAD')).toBe(304);
    expect(await known(tag.slice(2))).toBe(304);
    expect(await known(`"x", ${tag}`)).toBe(304);
    expect(await known('*')).toBe(304);
    expect(await known('"x"')).toBe(200);
    await sync(store.dataSource, 'sample', [provider('3')]);
    expect(await known(tag)).toBe(200);
  });

  it('get no 304 for an error or for a change', async () => {
    const all = { 'If-None-Match': '*' };
    expect((await ask(api, '/api/v1/providers/nobody', { headers: all })).status).toBe(400);
    const problem = await ask(api, '/api/v1/syncs', {
      method: 'POST',
      headers: { ...all, 'Idempotency-Key': '' },
    });
    expect([problem.status, problem.headers.get('ETag')]).toEqual([400, null]);
  });

  it('are compressed if the client accepts that, and answers name the headers on which they depend', async () => {
    const compressed = await new Promise<NodeJS.Dict<string | string[]>>((resolve, reject) => {
      request(`${api.url}/openapi.json`, { headers: { 'Accept-Encoding': 'gzip' } }, (response) => {
        response.resume();
        resolve(response.headers);
      })
        .on('error', reject)
        .end();
    });
    expect(compressed).toMatchObject({
      'content-encoding': 'gzip',
      vary: expect.stringContaining('accept-encoding'),
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    });
  });

  it('are limited per address, and refusals say how long to wait', async () => {
    const limited = await startTestApi();
    // On one connection, since they are counted for a minute only.
    const many = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(MOST_REQUESTS);
    const answers = await sendBytes(many + get('/healthz'), limited.url);
    const each = answers.split('HTTP/1.1 ').slice(1);
    expect(each).toHaveLength(MOST_REQUESTS + 1);
    // Those that arrive together are counted before the first of them is answered.
    const [first = '', ...more] = each.filter((answer) => !answer.startsWith('200 '));
    expect(more.every((answer) => answer.startsWith('429 '))).toBe(true);
    const [head = '', body = ''] = first.split('\r\n\r\n');
    expect(JSON.parse(body)).toMatchObject({ status: 429, title: 'Too Many Requests' });
    expect(head).toMatch(/^retry-after: [1-9]/im);
    await until(() => limited.log().includes('"Refused"'));
    await limited.close();
  });
});

describe('without its servers', () => {
  it.each([
    '/api/v1/providers',
    '/api/v1/providers?format=csv',
    '/api/v1/syncs/x',
    '/api/v1/partners',
    '/api/v1/stats',
  ])('%s answers 503 until Postgres is available', async (path) => {
    const alone = await startTestApi();
    const { status, headers, body } = await ask(alone, path);
    expect([status, body.type]).toEqual([503, 'StoreUnavailable']);
    expect(headers.get('Retry-After')).toBe('5');
    await alone.close();
  });

  it('reports that Temporal is unavailable if its namespace is missing', async () => {
    const temporal = testTemporalConfig({ namespace: 'missing' });
    const astray = await startTestApi({ dataSource: store.dataSource, temporal });
    const { status, headers, body } = await ask(astray, '/api/v1/syncs', { method: 'POST' });
    expect([status, body.type, headers.get('Retry-After')]).toEqual([503, 'TemporalUnavailable', '5']);
    await astray.close();
  });

  it('reports that Temporal is unavailable, and still reads', async () => {
    const post = (path: string) => ask(api, path, { method: 'POST' });
    const answers = await Promise.all([
      post('/api/v1/syncs'),
      post('/api/v1/partners/noteworth/schedule/pause'),
      ask(api, '/api/v1/syncs/unknown'),
    ]);
    for (const { status, headers, body } of answers) {
      expect([status, body.type, headers.get('Retry-After')]).toEqual([503, 'TemporalUnavailable', '5']);
    }
    const partners = await ask<{ items: unknown[] }>(api, '/api/v1/partners');
    expect(partners.body.items).toMatchObject([{ name: 'noteworth', schedule: null }]);
    expect((await ask(api, '/readyz')).body).toEqual({
      status: 'not ready',
      parts: { postgres: 'ok', temporal: 'no answer' },
      findings: ['temporal-unreachable', 'partner-unreachable'].map((code) => ({
        code,
        severity: 'failing',
      })),
    });
  });
});
