import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPartnerClient } from '../../../src/partner/call/partner-client';
import { PartnerFailure } from '../../../src/partner/call/partner-failure';
import { parsePartners } from '../../../src/partner/config/partners-file';

interface Seen {
  readonly url: string | undefined;
  readonly method: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const seen: Seen[] = [];
let respond: (response: ServerResponse, request: Seen) => void;

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { url, method, headers } = request;
  const one = { url, method, headers, body: Buffer.concat(chunks).toString() };
  seen.push(one);
  respond(response, one);
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => server.close());
beforeEach(() => {
  seen.length = 0;
  respond = json({ access_token: 'T', token_type: 'Bearer', token: 'T' });
});

function json(content: unknown, status = 200, headers = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(content));
  };
}

const never = new AbortController().signal;
const noProgress = () => ({ httpStatus: null, bytes: null });

function client({ auth, providers = {}, ...more }: { auth?: object; providers?: object; secrets?: object }) {
  const { port } = server.address() as AddressInfo;
  const entry = {
    baseUrl: `http://127.0.0.1:${port}/api`,
    deadline: '5s',
    ...(auth && { auth }),
    providers: { path: '/list', ...providers },
    fields: { givenName: 'first', familyName: 'last' },
    identity: ['id'],
    feed: 'snapshot',
    ...more,
  };
  const partners = parsePartners(JSON.stringify({ partners: { acme: entry } }), {});
  return createPartnerClient(partners.get('acme') as NonNullable<ReturnType<typeof partners.get>>);
}

const authenticate = (auth: object, more = {}) => client({ auth, ...more }).authenticate(noProgress(), never);

function fetchList(entry: Parameters<typeof client>[0], token: string | null = null) {
  respond = json([{ id: 1, first: 'Ann', last: 'Lee' }]);
  const request = { token, cursor: null, since: null };
  return client(entry).fetchPage(request, noProgress(), never, async () => undefined);
}

async function failureOf(call: Promise<unknown>): Promise<[type: string, message: string]> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PartnerFailure)) throw error;
  return [error.type, error.message];
}

describe('a token from a path', () => {
  it('comes from the JSON of the answer, after a request with method, query, headers and body', async () => {
    const auth = {
      path: '/login',
      query: { v: 2 },
      headers: { 'X-Key': '=secrets.key' },
      body: { user: 'me', password: '=secrets.key' },
      token: 'data.token',
    };
    const secrets = { key: 'S' };
    respond = json({ data: { token: 'abc' } });
    expect(await authenticate(auth, { secrets })).toBe('abc');
    const [request] = seen;
    expect(request).toMatchObject({ url: '/api/login?v=2', method: 'POST', headers: { 'x-key': 'S' } });
    expect(request?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(request?.body ?? '')).toEqual({ user: 'me', password: 'S' });
  });

  it.each([
    ['no token', { other: 1 }],
    ['an empty token', { token: '' }],
    ['a number', { token: 5 }],
    ['a token with a line break', { token: 'a\nb' }],
  ])('is missing in an answer with %s', async (_what, answer) => {
    respond = json(answer);
    expect(await failureOf(authenticate({ path: '/login', token: 'token' }))).toEqual([
      'IncompleteResponse',
      'no token at "token"',
    ]);
  });

  it('is missing in an answer that is not JSON', async () => {
    respond = (response) => response.end('<html>');
    expect(await failureOf(authenticate({ path: '/login', token: 'token' }))).toEqual([
      'IncompleteResponse',
      'the answer with the token was not JSON',
    ]);
  });

  it('is sent as the headers of the list say', async () => {
    const auth = { path: '/login', token: 'token' };
    await fetchList({ auth, providers: { headers: { Authorization: "=join(' ', ['Token', token])" } } }, 'T');
    expect(seen[0]?.headers.authorization).toBe('Token T');
  });

  it.each([
    ['its header', { tokenHeader: 'X-Token' }, 401, 'RequestRejected'],
    ['its header', { tokenHeader: 'X-Token' }, 403, 'TokenRejected'],
    ['JSON', { token: 'token' }, 401, 'TokenRejected'],
    ['JSON, as partners.yaml says', { token: 'token', rejectedStatus: [419] }, 419, 'TokenRejected'],
    ['JSON, as partners.yaml says', { token: 'token', rejectedStatus: [419] }, 401, 'RequestRejected'],
  ])('from %s is rejected or not: %j, %i', async (_what, auth, status, type) => {
    const call = () => client({ auth: { path: '/login', ...auth } });
    respond = json({}, status);
    const request = { token: 'T', cursor: null, since: null };
    expect((await failureOf(call().fetchPage(request, noProgress(), never, async () => undefined)))[0]).toBe(
      type,
    );
    expect((await failureOf(call().authenticate(noProgress(), never)))[0]).toBe('RequestRejected');
  });
});

describe('OAuth client credentials', () => {
  const oauth = { tokenPath: '/oauth/token', clientId: 'me', clientSecret: 'S:1', scope: 'read list' };

  it('sends the secret as Basic, with the scope and more parameters in a form', async () => {
    expect(await authenticate({ oauth: { ...oauth, parameters: { audience: 'x' } } })).toBe('T');
    const [request] = seen;
    expect(request).toMatchObject({ url: '/api/oauth/token', method: 'POST' });
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from('me:S%3A1').toString('base64')}`);
    expect(request?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      scope: 'read list',
      audience: 'x',
    });
  });

  it('sends the secret in the form with the method post', async () => {
    await authenticate({ oauth: { ...oauth, method: 'post' } });
    expect(seen[0]?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(seen[0]?.body))).toMatchObject({
      client_id: 'me',
      client_secret: 'S:1',
    });
  });

  it.each<[string, { publicKey: KeyObject; privateKey: KeyObject }]>([
    ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['ES384', generateKeyPairSync('ec', { namedCurve: 'P-384' })],
  ])('signs an assertion for the token endpoint: %s', async (algorithm, { publicKey, privateKey }) => {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    await authenticate({
      oauth: { tokenPath: '/oauth/token', clientId: 'me', privateKey: pem, keyId: 'k1' },
    });
    const form = new URLSearchParams(seen[0]?.body);
    const [header = '', payload = '', signature = ''] = (form.get('client_assertion') ?? '').split('.');
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
    const { port } = server.address() as AddressInfo;
    expect(read(header)).toMatchObject({ alg: algorithm, kid: 'k1' });
    expect(read(payload)).toMatchObject({
      iss: 'me',
      sub: 'me',
      aud: `http://127.0.0.1:${port}/api/oauth/token`,
    });
    const key = {
      key: createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })),
      dsaEncoding: 'ieee-p1363' as const,
    };
    const hash = algorithm === 'ES384' ? 'sha384' : 'sha256';
    expect(verify(hash, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(
      true,
    );
  });

  it('sends the token as Bearer', async () => {
    await fetchList({ auth: { oauth } }, 'T');
    expect(seen[0]?.headers.authorization).toBe('Bearer T');
  });

  it.each([
    ['no token', json({ token_type: 'Bearer' })],
    ['a token with a line break', json({ access_token: 'a\nb', token_type: 'Bearer' })],
    ['a token of another kind', json({ access_token: 'T', token_type: 'DPoP' })],
    ['an unknown error under a 200', json({ error: 'S:1', access_token: '' })],
    ['no JSON', (response: ServerResponse) => response.end('{')],
  ])('is incomplete with %s', async (_what, answer) => {
    respond = answer;
    expect(await failureOf(authenticate({ oauth }))).toEqual([
      'IncompleteResponse',
      'the answer of the token endpoint was no OAuth token',
    ]);
  });

  it.each([
    [
      'a wrong secret',
      json({ error: 'invalid_client', error_description: 'S:1' }, 401),
      'RequestRejected',
      /^HTTP 401 with the OAuth error invalid_client$/,
    ],
    [
      'an error under a 200',
      json({ error: 'invalid_scope', error_description: 'S:1' }),
      'IncompleteResponse',
      /^the answer of the token endpoint was the OAuth error invalid_scope$/,
    ],
    ['an unknown error', json({ error: 'S:1' }, 400), 'RequestRejected', /^HTTP 400$/],
    ['an error that is no text', json({ error: ['invalid_client'] }, 400), 'RequestRejected', /^HTTP 400$/],
    [
      'a refusal that is cut',
      (response: ServerResponse) => {
        response.writeHead(401, { 'Content-Length': '99' });
        response.write('{"error":"invalid_client"', () => response.destroy());
      },
      'RequestRejected',
      /^HTTP 401$/,
    ],
    [
      'an endless refusal',
      (response: ServerResponse) => response.writeHead(401).end(' '.repeat(2 ** 21)),
      'RequestRejected',
      /^HTTP 401$/,
    ],
    [
      'a long refusal, which is not read to its end',
      (response: ServerResponse) =>
        response.writeHead(401).end(`${' '.repeat(2 ** 17)}{"error":"invalid_client"}`),
      'RequestRejected',
      /^HTTP 401$/,
    ],
    [
      'a redirect, which is not followed',
      json({}, 302, { Location: '/elsewhere' }),
      'RequestRejected',
      /redirect/,
    ],
    ['a pause', json({}, 429, { 'Retry-After': '5' }), 'PartnerBusy', 'HTTP 429'],
    ['an error', json({}, 500), 'PartnerError', 'HTTP 500'],
    [
      'an endless answer',
      (response: ServerResponse) => response.end(' '.repeat(2 ** 21)),
      'ResponseTooLarge',
      /1048576 bytes/,
    ],
    ['a broken connection', (response: ServerResponse) => response.destroy(), 'PartnerUnreachable', /./],
  ])('fails with %s, after one call', async (_what, answer, type, message) => {
    respond = answer;
    const [name, text] = await failureOf(authenticate({ oauth }));
    expect(name).toBe(type);
    expect(text).toMatch(message);
    expect(seen).toHaveLength(1);
  });

  it('fails with a refusal that never ends, long before the deadline of the partner', async () => {
    respond = (response) => void response.writeHead(401).write('{"error":"invalid_client"');
    const call = client({ auth: { oauth }, deadline: '5m' } as never).authenticate(noProgress(), never);
    expect(await failureOf(call)).toEqual(['RequestRejected', 'HTTP 401']);
  });

  it('ends with the deadline of the partner, and with the signal of the caller', async () => {
    respond = () => undefined;
    const auth = { oauth };
    expect(
      (await failureOf(client({ auth, deadline: '100ms' } as never).authenticate(noProgress(), never)))[0],
    ).toBe('PartnerTimeout');
    const abort = new AbortController();
    const call = client({ auth }).authenticate(noProgress(), abort.signal);
    abort.abort(new Error('cancelled'));
    await expect(call).rejects.toThrow('cancelled');
  });
});

describe('a partner without tokens', () => {
  it('gets the name and the password as Basic', async () => {
    await fetchList({ auth: { basic: { username: 'me', password: 'pä:ss' } } });
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:pä:ss').toString('base64')}`);
  });

  it('gets no authorization, or the headers of partners.yaml', async () => {
    await fetchList({ providers: { headers: { 'X-Api-Key': 'K', accept: 'text/plain' } } });
    expect(seen[0]?.headers.authorization).toBeUndefined();
    expect(seen[0]?.headers).toMatchObject({ 'x-api-key': 'K', accept: 'text/plain' });
  });

  it('rejects the request, not a token, with a 401 or 403', async () => {
    for (const status of [401, 403]) {
      respond = json({}, status);
      const call = client({}).fetchPage(
        { token: null, cursor: null, since: null },
        noProgress(),
        never,
        async () => undefined,
      );
      expect((await failureOf(call))[0]).toBe('RequestRejected');
    }
  });

  it('accepts JSON, or any type for other formats', async () => {
    await fetchList({});
    respond = (response) => response.end('id,first,last\n1,Ann,Lee\n');
    const request = { token: null, cursor: null, since: null };
    await client({ providers: { format: 'csv' } }).fetchPage(
      request,
      noProgress(),
      never,
      async () => undefined,
    );
    expect(seen.map(({ headers }) => headers.accept)).toEqual(['application/json', '*/*']);
  });
});
