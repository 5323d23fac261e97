import { generateKeySync } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { createApiToken } from '../../src/process/api-tokens';
import { EncryptionCodec } from '../../src/temporal/payload-codec';
import { startTestApi, type TestApi } from '../support/api';

const UI = 'http://127.0.0.1:8233';
const payloadKeys = [{ id: 'here', secret: generateKeySync('aes', { length: 256 }) }] as const;
const codec = new EncryptionCodec(payloadKeys);
const temporal = {
  connection: { address: '127.0.0.1:1' },
  namespace: 'default',
  taskQueue: 'nobody',
  payloadKeys,
};
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ temporal, http: { temporalUiUrl: `${UI}/` } });
});
afterAll(() => api.close());

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

const plain = {
  metadata: { encoding: Buffer.from('json/plain').toString('base64') },
  data: Buffer.from('{"partner":"noteworth"}').toString('base64'),
};

describe('the codec endpoint', () => {
  it('encodes and decodes payloads as the Temporal UI and CLI send them', async () => {
    const encoded = await (await post('/codec/encode', { payloads: [plain, plain] })).json();
    expect(JSON.stringify(encoded)).not.toContain(plain.data);
    const decoded = await (await post('/codec/decode', encoded)).json();
    expect(decoded).toEqual({ payloads: [plain, plain] });
  });

  it('decodes what the worker encrypted', async () => {
    const [payload] = await codec.encode([defaultPayloadConverter.toPayload({ token: 't' })]);
    const sent = {
      metadata: Object.fromEntries(
        Object.entries(payload?.metadata ?? {}).map(([key, value]) => [
          key,
          Buffer.from(value).toString('base64'),
        ]),
      ),
      data: Buffer.from(payload?.data ?? []).toString('base64'),
    };
    const { payloads } = (await (await post('/codec/decode', { payloads: [sent] })).json()) as {
      payloads: { data: string }[];
    };
    expect(Buffer.from(payloads[0]?.data ?? '', 'base64').toString()).toBe('{"token":"t"}');
  });

  it('answers pages of the Temporal UI, and no others', async () => {
    const allowed = await post('/codec/decode', { payloads: [plain] }, { Origin: UI });
    expect([allowed.status, allowed.headers.get('Access-Control-Allow-Origin')]).toEqual([200, UI]);
    const refused = await post('/codec/decode', { payloads: [plain] }, { Origin: 'http://evil.example' });
    expect([refused.status, refused.headers.get('Access-Control-Allow-Origin')]).toEqual([403, null]);
    const preflight = await fetch(`${api.url}/codec/decode`, {
      method: 'OPTIONS',
      headers: {
        Origin: UI,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'x-namespace',
      },
    });
    expect([preflight.status, preflight.headers.get('Access-Control-Allow-Origin')]).toEqual([204, UI]);
  });

  it('opens to operators only where there are tokens', async () => {
    const [viewer, operator] = [createApiToken('viewer'), createApiToken('operator')];
    const tokens = [viewer, operator].map(({ configured }) => {
      const [role, hash] = configured.split(':') as ['viewer' | 'operator', string];
      return { role, hash };
    });
    const guarded = await startTestApi({ temporal, http: { temporalUiUrl: UI, tokens } });
    const ask = async (headers: Record<string, string>) => {
      const response = await fetch(`${guarded.url}/codec/encode`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin: UI, ...headers },
        body: JSON.stringify({ payloads: [plain] }),
      });
      return response.status;
    };
    expect(await ask({})).toBe(401);
    expect(await ask({ Authorization: 'Bearer guessed' })).toBe(401);
    expect(await ask({ Authorization: `Bearer ${viewer.token}` })).toBe(403);
    expect(await ask({ Authorization: `Bearer ${operator.token}` })).toBe(200);
    await guarded.close();
  });

  it.each([[{ payloads: 'x' }], [{ payloads: [{ data: '***' }] }], [[]]])(
    'turns %j away with a reason',
    async (body) => {
      const response = await post('/codec/decode', body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ status: 400, detail: expect.any(String) });
    },
  );

  it.each([
    ['/codec/decode', '{', 400],
    ['/nowhere', '{}', 404],
  ])('tells of a mistake at %s as problem details', async (path, body, status) => {
    const response = await fetch(`${api.url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    expect([response.status, response.headers.get('Content-Type')]).toEqual([
      status,
      'application/problem+json',
    ]);
    expect(await response.json()).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.any(String),
    });
  });

  it('names the key that is missing', async () => {
    const [payload] = await new EncryptionCodec([
      { id: 'gone', secret: generateKeySync('aes', { length: 256 }) },
    ]).encode([defaultPayloadConverter.toPayload(1)]);
    const sent = {
      metadata: {
        encoding: Buffer.from('binary/encrypted').toString('base64'),
        'encryption-key-id': Buffer.from('gone').toString('base64'),
      },
      data: Buffer.from(payload?.data ?? []).toString('base64'),
    };
    const response = await post('/codec/decode', { payloads: [sent] });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('"gone"') });
  });
});
