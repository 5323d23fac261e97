import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { loadConfig } from '../../../src/process/config';
import { key, load, pathOf, refusal, useConfigFolder, writtenFile } from '../../support/configuration';

useConfigFolder();

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
    expect(refusal({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: pathOf('absent') })).toMatch(/TEMPORAL_\*: .*ENOENT/);
  });

  it('are refused if Temporal’s loader would ignore a mistake: an absent file, a certificate without its key', () => {
    const absent = pathOf('absent.toml');
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

describe('the configuration of a worker', () => {
  const worker = (env: NodeJS.ProcessEnv) =>
    loadConfig(['worker'], { env: { DATA_DIR: pathOf(), ...env } }).worker;
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
    const days = (count: number) => count * 86_400_000;
    const retention = { calls: days(180), rawRecords: days(90), runs: days(1_095) };
    expect(worker({})).toEqual({
      ...{ maxConcurrentSyncs: 16, version: null, metricsAddress: null },
      retention,
    });
  });

  it('has the limit and the version that are set', () => {
    expect(worker({ WORKER_MAX_CONCURRENT_SYNCS: '3', [NAME]: 'sync', [BUILD]: '1.2.0+ab12' })).toMatchObject(
      {
        maxConcurrentSyncs: 3,
        version: { deploymentName: 'sync', buildId: '1.2.0+ab12' },
      },
    );
  });

  it.each(['0', '201', '1.5', 'many', '-1'])('refuses the limit %s', (text) => {
    expect(mistakes({ WORKER_MAX_CONCURRENT_SYNCS: text })).toContain(
      'WORKER_MAX_CONCURRENT_SYNCS: is not a whole number from 1 to 200',
    );
  });

  it('keeps history as long as it is set, or forever', () => {
    const { retention } = worker({ KEEP_CALLS: '2w', KEEP_RAW_RECORDS: '1d', KEEP_RUNS: 'forever' });
    expect(retention).toEqual({ calls: 14 * 86_400_000, rawRecords: 86_400_000, runs: Infinity });
  });

  it.each([
    ['KEEP_CALLS', '6d'],
    ['KEEP_RAW_RECORDS', 'long'],
    ['KEEP_RUNS', '-1d'],
  ])('refuses %s=%s', (name, text) => {
    expect(mistakes({ [name]: text })).toContain(`${name}: is neither forever nor a duration of at least`);
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
