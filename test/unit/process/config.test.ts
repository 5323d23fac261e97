import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createApiToken, hashToken } from '../../../src/process/api-tokens';
import { loadConfig } from '../../../src/process/config';
import { ExpectedError } from '../../../src/process/expected-error';
import { publishRunningDev, withdrawRunningDev } from '../../../src/process/running-dev';

const DATABASE_URL = 'postgres://user:password@127.0.0.1:5432/directory';
/** A pid that neither Linux nor macOS uses. */
const DEAD_PID = 2 ** 22 + 1;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'provider-sync-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function key(id: string, bytes = 32): string {
  return `${id}:${Buffer.alloc(bytes, id).toString('base64')}`;
}

function load(env: NodeJS.ProcessEnv, options: { devKeys?: boolean; runningDev?: boolean } = {}) {
  return loadConfig(['databaseUrl', 'temporal'], {
    env: { DATA_DIR: folder, DATABASE_URL, PAYLOAD_KEYS: key('k1'), ...env },
    ...options,
  });
}

/** The message with which the configuration is refused. */
function refusal(env: NodeJS.ProcessEnv): string {
  try {
    load(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ExpectedError);
    return (error as Error).message;
  }
  throw new Error('the configuration was accepted');
}

function writtenFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('the configuration', () => {
  it('has defaults for all but the database and the keys', () => {
    const config = load({ DATA_DIR: undefined }, { runningDev: false });
    expect(config.logLevel).toBe('info');
    expect(config.dataDir).toMatch(/\/\.provider-sync$/);
    expect(config.partnersFile).toMatch(/\/partners\.yaml$/);
    expect(config.temporal).toMatchObject({
      connection: { address: '127.0.0.1:7233' },
      namespace: 'default',
      taskQueue: 'provider-sync',
    });
  });

  it('lists all mistakes at once', () => {
    const message = refusal({
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://h/d',
      PAYLOAD_KEYS: 'nonsense',
      TASK_QUEUE: 'q'.repeat(201),
      TEMPORAL_PROFILE: 'absent',
    });
    for (const name of ['LOG_LEVEL', 'DATABASE_URL', 'PAYLOAD_KEYS', 'TASK_QUEUE', 'TEMPORAL_*']) {
      expect(message).toContain(`\n  ${name}: `);
    }
  });

  it('shows how to get what is missing', () => {
    const message = refusal({ DATABASE_URL: undefined, PAYLOAD_KEYS: undefined });
    expect(message).toContain('DATABASE_URL: is not set; start `npm start`');
    expect(message).toContain(
      'PAYLOAD_KEYS: is not set; start `npm start`, which brings one, or set it to the keys',
    );
  });

  it('requires only what the command needs', () => {
    expect(loadConfig([], { env: { DATA_DIR: folder } }).dataDir).toBe(folder);
    expect(loadConfig(['databaseUrl'], { env: { DATA_DIR: folder, DATABASE_URL } })).toMatchObject({
      databaseUrl: DATABASE_URL,
    });
  });

  it('treats an empty variable as unset', () => {
    const config = load({ LOG_LEVEL: '', TASK_QUEUE: '', TEMPORAL_ADDRESS: '', PAYLOAD_KEYS_FILE: '' });
    expect(config.logLevel).toBe('info');
    expect(config.temporal.taskQueue).toBe('provider-sync');
    expect(config.temporal.connection.address).toBe('127.0.0.1:7233');
    expect(refusal({ DATABASE_URL: '' })).toContain('DATABASE_URL: is not set');
  });

  it('accepts a database address or names the variable, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        expect(refusal({ DATABASE_URL: `x${text}` })).toContain('DATABASE_URL: is not an address like');
      }),
    );
  });
});

describe('a secret in a file', () => {
  it.each(['DATABASE_URL', 'PAYLOAD_KEYS'])('is read for %s, without the line break at its end', (name) => {
    const value = { DATABASE_URL, PAYLOAD_KEYS: key('mounted') }[name];
    const path = writtenFile('secret', `${value}\n`);
    const config = load({ [name]: undefined, [`${name}_FILE`]: path });
    expect(config.env[name]).toBe(value);
  });

  it("is read for Temporal's API key", () => {
    const path = writtenFile('secret', 'cloud-key\n');
    expect(load({ TEMPORAL_API_KEY_FILE: path }).temporal.connection.apiKey).toBe('cloud-key');
  });

  it('is refused if the variable itself is set too', () => {
    const path = writtenFile('secret', key('k2'));
    expect(refusal({ PAYLOAD_KEYS_FILE: path })).toContain(
      'PAYLOAD_KEYS: is set, and PAYLOAD_KEYS_FILE too; keep one of them',
    );
  });

  it('is refused with its path and the reason if it cannot be read', () => {
    const path = join(folder, 'absent');
    expect(refusal({ DATABASE_URL: undefined, DATABASE_URL_FILE: path })).toContain(
      `DATABASE_URL_FILE: ${path} cannot be read (ENOENT)`,
    );
    expect(refusal({ DATABASE_URL: undefined, DATABASE_URL_FILE: folder })).toContain('(EISDIR)');
  });
});

describe('the configuration of a worker', () => {
  const worker = (env: NodeJS.ProcessEnv) =>
    loadConfig(['worker'], { env: { DATA_DIR: folder, ...env } }).worker;
  const mistakes = (env: NodeJS.ProcessEnv) => {
    try {
      return JSON.stringify(worker(env));
    } catch (error) {
      return (error as Error).message;
    }
  };
  const NAME = 'TEMPORAL_DEPLOYMENT_NAME';
  const BUILD = 'TEMPORAL_WORKER_BUILD_ID';

  it('has a limit and no version by default', () => {
    expect(worker({})).toEqual({ maxConcurrentSyncs: 16, version: null });
  });

  it('has the limit and the version that are set', () => {
    expect(worker({ WORKER_MAX_CONCURRENT_SYNCS: '3', [NAME]: 'sync', [BUILD]: '1.2.0+ab12' })).toEqual({
      maxConcurrentSyncs: 3,
      version: { deploymentName: 'sync', buildId: '1.2.0+ab12' },
    });
  });

  it.each(['0', '201', '1.5', 'many', '-1'])('refuses the limit %s', (text) => {
    expect(mistakes({ WORKER_MAX_CONCURRENT_SYNCS: text })).toContain(
      'WORKER_MAX_CONCURRENT_SYNCS: is not a whole number from 1 to 200',
    );
  });

  it('refuses a deployment without a build ID, and the reverse', () => {
    expect(mistakes({ [NAME]: 'sync' })).toContain(`${BUILD}: is not set, but ${NAME} is`);
    expect(mistakes({ [BUILD]: '1' })).toContain(`${NAME}: is not set, but ${BUILD} is`);
  });

  it('refuses a version that Temporal would not accept', () => {
    expect(mistakes({ [NAME]: 'provider.sync', [BUILD]: '1' })).toContain(
      `${NAME}: is not a name of a deployment`,
    );
    expect(mistakes({ [NAME]: 'sync', [BUILD]: '__1' })).toContain(`${BUILD}: is not a build ID`);
  });
});

describe('PAYLOAD_KEYS', () => {
  it('gives the keys in their order; the first one encrypts', () => {
    const { payloadKeys } = load({ PAYLOAD_KEYS: `${key('new')}, ${key('old')}` }).temporal;
    expect(payloadKeys.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(payloadKeys.map(({ secret }) => secret.symmetricKeySize)).toEqual([32, 32]);
  });

  it('keeps every byte of a key, in either alphabet of base64', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.constantFrom('base64' as const, 'base64url' as const),
        (bytes, encoding) => {
          const text = `k:${Buffer.from(bytes).toString(encoding)}`;
          expect([...load({ PAYLOAD_KEYS: text }).temporal.payloadKeys[0].secret.export()]).toEqual([
            ...bytes,
          ]);
        },
      ),
    );
  });

  it.each([
    ['no id', Buffer.alloc(32).toString('base64')],
    ['too few bytes', key('k', 31)],
    ['too many bytes', key('k', 33)],
    ['no base64', `k:${'!'.repeat(43)}`],
    ['an id with a blank', key('k 1')],
    ['nothing after the comma', `${key('k')},`],
  ])('is refused with %s', (_what, text) => {
    expect(refusal({ PAYLOAD_KEYS: text })).toMatch(/PAYLOAD_KEYS: key [12] is not id:base64 of 32 bytes/);
  });

  it('is refused if two keys have the same id, which is reported only then', () => {
    expect(refusal({ PAYLOAD_KEYS: `${key('k')},${key('k')}` })).toContain('names one key id twice');
    expect(refusal({ PAYLOAD_KEYS: 'bad,worse' })).not.toContain('twice');
  });

  it('is quoted in no message, whatever is wrong with it', () => {
    const bytes = fc.uint8Array({ minLength: 12, maxLength: 64 }).filter(({ length }) => length !== 32);
    fc.assert(
      fc.property(bytes, fc.nat(3), (secret, good) => {
        const text = Buffer.from(secret).toString('base64');
        const keys = [...Array.from({ length: good }, (_, index) => key(`k${index}`)), `bad:${text}`];
        const message = refusal({ PAYLOAD_KEYS: keys.join(',') });
        expect(message).toContain(`key ${good + 1} is not`);
        for (const one of keys) expect(message).not.toContain(one.slice(one.indexOf(':') + 1));
      }),
    );
  });
});

describe("Temporal's own variables", () => {
  it('set address, namespace, API key and headers', () => {
    const { connection, namespace } = load({
      TEMPORAL_ADDRESS: 'temporal.example:7233',
      TEMPORAL_NAMESPACE: 'clinics',
      TEMPORAL_API_KEY: 'secret',
      TEMPORAL_GRPC_META_TENANT: 'north',
    }).temporal;
    expect(namespace).toBe('clinics');
    expect(connection).toEqual({
      address: 'temporal.example:7233',
      apiKey: 'secret',
      tls: true,
      metadata: { tenant: 'north' },
    });
  });

  it('set TLS with its certificates', () => {
    const ca = writtenFile('ca.pem', 'a certificate');
    const { connection } = load({
      TEMPORAL_TLS: 'true',
      TEMPORAL_TLS_SERVER_NAME: 'inside',
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: ca,
    }).temporal;
    expect(connection.tls).toMatchObject({ serverNameOverride: 'inside' });
    expect(connection.tls).toHaveProperty('serverRootCACertificate', readFileSync(ca));
  });

  it('are refused if they name a file that does not exist', () => {
    expect(refusal({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(folder, 'absent') })).toMatch(
      /TEMPORAL_\*: .*ENOENT/,
    );
  });

  it('are refused if Temporal’s loader would ignore a mistake: an absent file, a certificate without its key', () => {
    const absent = join(folder, 'absent.toml');
    expect(refusal({ TEMPORAL_CONFIG_FILE: absent })).toContain(
      `TEMPORAL_CONFIG_FILE: there is no file ${absent}`,
    );
    for (const half of ['CERT', 'KEY']) {
      expect(refusal({ [`TEMPORAL_TLS_CLIENT_${half}_DATA`]: 'PEM' })).toContain(
        'TEMPORAL_TLS_CLIENT_*: a certificate needs its key; set both',
      );
    }
  });
});

describe('a running `npm start`', () => {
  const published = {
    DATABASE_URL: 'postgres://dev@127.0.0.1:5555/provider_sync',
    TEMPORAL_ADDRESS: '127.0.0.1:7777',
    NOTEWORTH_BASE_URL: 'http://127.0.0.1:4444',
    PARTNERS_FILE: '/elsewhere/partners.yaml',
    PAYLOAD_KEYS: key('dev'),
  };
  const nothing = { DATABASE_URL: undefined, PAYLOAD_KEYS: undefined };

  it('provides what is not set, and nothing else', () => {
    publishRunningDev(folder, published);
    const found = load(nothing);
    expect(found.databaseUrl).toBe(published.DATABASE_URL);
    expect(found.temporal.connection.address).toBe(published.TEMPORAL_ADDRESS);
    expect(found.temporal.payloadKeys[0].id).toBe('dev');
    expect(found.env.NOTEWORTH_BASE_URL).toBe(published.NOTEWORTH_BASE_URL);
    expect(found.partnersFile).toBe(published.PARTNERS_FILE);

    const own = load({ TEMPORAL_ADDRESS: 'temporal.example:7233', PARTNERS_FILE: '/own/partners.yaml' });
    expect(own.partnersFile).toBe('/own/partners.yaml');
    expect(own.databaseUrl).toBe(DATABASE_URL);
    expect(own.temporal.connection.address).toBe('temporal.example:7233');
    expect(own.temporal.payloadKeys[0].id).toBe('k1');
  });

  it('provides no keys to a worker', () => {
    publishRunningDev(folder, published);
    expect(() => load(nothing, { devKeys: false })).toThrow(
      'PAYLOAD_KEYS: is not set; set it to the keys that encrypt what Temporal stores',
    );
    expect(load({ DATABASE_URL: undefined }, { devKeys: false }).databaseUrl).toBe(published.DATABASE_URL);
  });

  it('provides nothing after it ended or was killed, or if the caller does not ask', () => {
    publishRunningDev(folder, published);
    expect(() => load(nothing, { runningDev: false })).toThrow('DATABASE_URL: is not set');

    writtenFile('dev.json', JSON.stringify({ pid: DEAD_PID, environment: published }));
    expect(refusal(nothing)).toContain('DATABASE_URL: is not set');

    publishRunningDev(folder, published);
    withdrawRunningDev(folder);
    expect(refusal(nothing)).toContain('DATABASE_URL: is not set');
  });

  it('publishes its secrets to its own user only, even if others could read the file before', () => {
    chmodSync(writtenFile('dev.json', ''), 0o644);
    publishRunningDev(folder, published);
    expect(statSync(join(folder, 'dev.json')).mode & 0o777).toBe(0o600);
  });

  it.each(['', 'not JSON', '[]', '{"pid":"1"}', '{"pid":-1,"environment":{}}', '{"pid":1}'])(
    'that left %j is an error with the advice to remove it',
    (text) => {
      const path = writtenFile('dev.json', text);
      expect(refusal(nothing)).toBe(
        `${path} is not what \`npm start\` wrote; remove it, or set DATA_DIR to another directory.`,
      );
    },
  );
});

describe('where the API is served', () => {
  const serve = (env: NodeJS.ProcessEnv) =>
    loadConfig(['http'], { env: { DATA_DIR: folder, ...env }, runningDev: false }).http;
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
    loadConfig(['http'], { env: { DATA_DIR: folder, PUBLIC_URL }, runningDev: false }).http.publicUrl;

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
