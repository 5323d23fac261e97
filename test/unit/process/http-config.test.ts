import { createApiToken, hashToken } from '../../../src/process/api-tokens';
import { loadConfig } from '../../../src/process/config';
import { pathOf, useConfigFolder } from '../../support/configuration';

useConfigFolder();

describe('where the API is served', () => {
  const serve = (env: NodeJS.ProcessEnv) =>
    loadConfig(['http'], { env: { DATA_DIR: pathOf(), ...env }, runningDev: false }).http;
  const made = createApiToken('operator');

  it('is this machine only, by default', () => {
    expect(serve({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      tokens: [],
      temporalUiUrl: null,
      publicUrl: null,
      trustProxy: [],
    });
  });

  it.each(['0.0.0.0', '::', '192.168.1.1', 'directory.example', '127.0.0.1.example'])(
    'is not %s without tokens',
    (HTTP_HOST) => {
      expect(() => serve({ HTTP_HOST })).toThrow(/API_TOKENS: is not set.*tokens create/);
      expect(serve({ HTTP_HOST, API_TOKENS: made.configured }).tokens).toHaveLength(1);
    },
  );

  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('may be %s without tokens', (HTTP_HOST) => {
    expect(serve({ HTTP_HOST }).host).toBe(HTTP_HOST);
  });

  it('requires tokens if a proxy lets others in', () => {
    const HTTP_TRUST_PROXY = '127.0.0.1';
    expect(() => serve({ HTTP_TRUST_PROXY })).toThrow(/API_TOKENS: is not set, but HTTP_TRUST_PROXY/);
    expect(serve({ HTTP_TRUST_PROXY, API_TOKENS: made.configured }).trustProxy).toEqual([HTTP_TRUST_PROXY]);
  });

  it('recognises a token by its hash, and does not repeat an invalid value', () => {
    expect(serve({ API_TOKENS: made.configured }).tokens).toEqual([
      { role: 'operator', hash: hashToken(made.token) },
    ]);
    expect(() => serve({ API_TOKENS: `viewer:${'a'.repeat(64)},${made.token}` })).toThrow(
      /API_TOKENS: token 2 is not role:sha256hex/,
    );
    expect(() => serve({ API_TOKENS: made.token })).not.toThrow(made.token);
  });

  it('refuses the hash of an empty token, which anyone could send', () => {
    const empty = `viewer:${hashToken('')}`;
    expect(() => serve({ API_TOKENS: `${made.configured},${empty}` })).toThrow(
      /API_TOKENS: token 2 is the hash of an empty text; make one with: npx provider-sync tokens create/,
    );
  });

  it('refuses a hash with two roles, and a hash that is listed twice', () => {
    const hash = hashToken(made.token);
    for (const role of ['viewer', 'operator']) {
      expect(() => serve({ API_TOKENS: `${made.configured},${role}:${hash}` })).toThrow(
        /API_TOKENS: token 2 has the same hash as token 1; keep one of them/,
      );
    }
  });

  it.each([
    [{ HTTP_PORT: '70000' }, /HTTP_PORT: 70000 is not a port \(0 to 65535\)/],
    [{ HTTP_PORT: 'http' }, /HTTP_PORT: http is not a port \(0 to 65535\)/],
    [{ TEMPORAL_UI_URL: 'javascript:alert(1)' }, /TEMPORAL_UI_URL: is not an address/],
    [{ HTTP_TRUST_PROXY: 'everyone' }, /HTTP_TRUST_PROXY.*is not a list of addresses/],
  ])('is refused as %j', (env, message) => {
    expect(() => serve(env)).toThrow(message);
  });
});

describe('PUBLIC_URL', () => {
  const serve = (PUBLIC_URL?: string) =>
    loadConfig(['http'], { env: { DATA_DIR: pathOf(), PUBLIC_URL }, runningDev: false }).http.publicUrl;

  it.each([
    [undefined, null],
    ['https://directory.example.com', 'https://directory.example.com'],
    ['https://directory.example.com/', 'https://directory.example.com'],
    ['HTTP://LOCALHOST:3000', 'http://localhost:3000'],
  ])('%s is the origin %s', (given, origin) => {
    expect(serve(given)).toBe(origin);
  });

  it.each([
    'directory.example.com',
    'ftp://a.example',
    'https://a.example/path',
    'https://a.example/?x',
    'https://a.example/#x',
    'https://user:secret@a.example',
  ])('is refused as %s', (given) => {
    expect(() => serve(given)).toThrow(/PUBLIC_URL: is not an origin like https:\/\/directory.example.com/);
    expect(() => serve(given)).not.toThrow(/secret/);
  });
});
