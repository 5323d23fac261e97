import { generateKeySync, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { createApiToken } from '../../../src/process/api-tokens';
import { EncryptionCodec } from '../../../src/temporal/payloads/payload-codec';
import { startTestApi, useApi } from '../../support/api';
import { testTemporalConfig, UNREACHABLE } from '../../support/temporal-config';

const UI = 'http://127.0.0.1:8233';
const payloadKeys = [{ id: 'here', secret: generateKeySync('aes', { length: 256 }) }] as const;
const codec = new EncryptionCodec(payloadKeys);
const temporal = testTemporalConfig({ connection: UNREACHABLE, payloadKeys });
const api = useApi(() => ({ temporal, http: { temporalUiUrl: `${UI}/` } }));

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  return fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function send(path: string, body: string) {
  return fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  });
}

async function read(response: Response): Promise<{ status: number; body: unknown }> {
  return { status: response.status, body: await response.json() };
}

/** A payload as the Temporal UI and CLI send it. */
function toJson({ metadata, data }: Payload) {
  const texts = Object.entries(metadata ?? {}).map(([key, value]) => [key, base64(value)]);
  return { metadata: Object.fromEntries(texts), data: base64(data ?? new Uint8Array()) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function manyTexts(count: number) {
  return { metadata: Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, ''])) };
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
    const sent = toJson(payload ?? {});
    const { payloads } = (await (await post('/codec/decode', { payloads: [sent] })).json()) as {
      payloads: { data: string }[];
    };
    expect(Buffer.from(payloads[0]?.data ?? '', 'base64').toString()).toBe('{"token":"t"}');
  });

  it('answers pages of the Temporal UI, and no other pages', async () => {
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

  it('answers operators only if tokens are configured', async () => {
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
  ])('reports a mistake at %s as problem details', async (path, body, status) => {
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

  it.each([
    [413, '150 000 empty payloads', `{"payloads":[${Array(150_000).fill('{}').join()}]}`],
    [413, '6 MB of empty payloads', `{"payloads":[${Array(2_000_000).fill('{}').join()}]}`],
    [413, 'a payload with 100 000 texts', JSON.stringify({ payloads: [manyTexts(100_000)] })],
    [400, '1 001 payloads', JSON.stringify({ payloads: Array(1_001).fill(plain) })],
    [413, 'over 6 MiB', JSON.stringify({ payloads: [{ ...plain, data: 'A'.repeat(6 * 2 ** 20) }] })],
  ])('refuses with %i before it processes any payload: %s', async (status, _case, body) => {
    const encode = jest.spyOn(EncryptionCodec.prototype, 'encode');
    const response = await send('/codec/encode', body);
    expect([response.status, response.headers.get('Content-Type')]).toEqual([
      status,
      'application/problem+json',
    ]);
    expect((await response.text()).length).toBeLessThan(1_000);
    expect(encode).not.toHaveBeenCalled();
    encode.mockRestore();
  });

  it('accepts a page of a history as large as Temporal can send', async () => {
    const full = { ...plain, data: Buffer.alloc(4 * 1024, 7).toString('base64') };
    const { status, body } = await read(await post('/codec/encode', { payloads: Array(1_000).fill(full) }));
    expect(status).toBe(200);
    expect((await read(await post('/codec/decode', body))).body).toEqual({
      payloads: Array(1_000).fill(full),
    });
  });

  it('answers other requests while it processes many payloads', async () => {
    const order: string[] = [];
    // Nearly as much as a body may have, so that the work lasts longer than some requests on a busy machine.
    const payloads = Array(1_000).fill({ ...plain, data: randomBytes(3_600).toString('base64') });
    await fetch(`${api.url}/healthz`);
    const long = post('/codec/encode', { payloads }).then(() => order.push('codec'));
    // The first request may be answered before the work begins, the others between its slices.
    const others = (async () => {
      while (!order.includes('codec')) {
        await fetch(`${api.url}/healthz`);
        order.push('other');
      }
    })();
    await Promise.all([long, others]);
    expect(order.indexOf('codec')).toBeGreaterThan(1);
  });

  it('refuses payloads that unpack to more than 32 MiB', async () => {
    const large = [Buffer.alloc(4 * 2 ** 20)];
    const sealed = (await codec.encode(large.map((data) => ({ metadata: {}, data })))).map(toJson);
    const { status, body } = await read(await post('/codec/decode', { payloads: Array(9).fill(sealed[0]) }));
    expect([status, body]).toEqual([
      413,
      expect.objectContaining({ detail: expect.stringContaining('32 MiB') }),
    ]);
  });

  it.each(['gzip', 'br', 'deflate', 'zstd', 'GZIP', 'identity, gzip'])(
    'refuses a compressed body here and everywhere, unread: %s',
    async (encoding) => {
      const bomb = gzipSync(`{"payloads":[${Array(150_000).fill('{}').join()}]}`);
      expect(bomb.length).toBeLessThan(1_000);
      for (const path of [
        '/codec/decode',
        '/codec/encode',
        '/api/v1/syncs',
        '/login',
        '/fhir/R4/Practitioner/_search',
      ]) {
        const response = await fetch(`${api.url}${path}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'Content-Encoding': encoding },
          body: bomb,
        });
        expect([path, response.status, response.headers.get('Accept-Encoding')]).toEqual([
          path,
          415,
          'identity',
        ]);
      }
    },
  );

  it('lists at most 20 mistakes', async () => {
    const { status, body } = await read(
      await post('/codec/decode', { payloads: Array(500).fill({ data: '*' }) }),
    );
    expect([status, (body as { errors: unknown[] }).errors.length]).toEqual([400, 20]);
    expect(JSON.stringify(body).length).toBeLessThan(5_000);
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
