import { chmodSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { loadConfig } from '../../../src/process/config';
import { publishRunningDev, withdrawRunningDev } from '../../../src/process/running-dev';
import {
  DATABASE_URL,
  key,
  load,
  pathOf,
  refusal,
  useConfigFolder,
  writtenFile,
} from '../../support/configuration';

/** A pid that neither Linux nor macOS uses. */
const DEAD_PID = 2 ** 22 + 1;

useConfigFolder();

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
    expect(loadConfig([], { env: { DATA_DIR: pathOf() } }).dataDir).toBe(pathOf());
    expect(loadConfig(['databaseUrl'], { env: { DATA_DIR: pathOf(), DATABASE_URL } })).toMatchObject({
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
    const path = pathOf('absent');
    expect(refusal({ DATABASE_URL: undefined, DATABASE_URL_FILE: path })).toContain(
      `DATABASE_URL_FILE: ${path} cannot be read (ENOENT)`,
    );
    expect(refusal({ DATABASE_URL: undefined, DATABASE_URL_FILE: pathOf() })).toContain('(EISDIR)');
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
    publishRunningDev(pathOf(), published);
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
    publishRunningDev(pathOf(), published);
    expect(() => load(nothing, { devKeys: false })).toThrow(
      'PAYLOAD_KEYS: is not set; set it to the keys that encrypt what Temporal stores',
    );
    expect(load({ DATABASE_URL: undefined }, { devKeys: false }).databaseUrl).toBe(published.DATABASE_URL);
  });

  it('provides nothing after it ended or was killed, or if the caller does not ask', () => {
    publishRunningDev(pathOf(), published);
    expect(() => load(nothing, { runningDev: false })).toThrow('DATABASE_URL: is not set');

    writtenFile('dev.json', JSON.stringify({ pid: DEAD_PID, environment: published }));
    expect(refusal(nothing)).toContain('DATABASE_URL: is not set');

    publishRunningDev(pathOf(), published);
    withdrawRunningDev(pathOf());
    expect(refusal(nothing)).toContain('DATABASE_URL: is not set');
  });

  it('publishes its secrets to its own user only, even if others could read the file before', () => {
    chmodSync(writtenFile('dev.json', ''), 0o644);
    publishRunningDev(pathOf(), published);
    expect(statSync(pathOf('dev.json')).mode & 0o777).toBe(0o600);
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
