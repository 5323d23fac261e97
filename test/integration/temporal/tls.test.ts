import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator';
import { type Authority, type Certificate, createAuthority, readPair } from '../../support/certificates';
import { killCommands, runCommand, startCommand } from '../../support/command';
import { startTemporalGateway, type TemporalGateway } from '../../support/temporal-gateway';
import { createDatabaseToMigrate, type TestDatabase } from '../../support/test-database';

const API_KEY = 'a-key-of-the-test';

let folder: string;
let authority: Authority;
let stranger: Authority;
let client: Certificate;
let database: TestDatabase;
let simulator: Simulator;
let mutual: TemporalGateway;
let keyed: TemporalGateway;
let common: NodeJS.ProcessEnv;

/** The settings for a Temporal that requires a client certificate, and for one that requires an API key. */
let withCertificate: NodeJS.ProcessEnv;
let withKey: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provider-sync-tls-'));
  [authority, stranger] = (await Promise.all(
    ['authority', 'stranger'].map((name) => createAuthority(folder, name)),
  )) as [Authority, Authority];
  const [server, clientCertificate] = await Promise.all([
    authority.issue('server'),
    authority.issue('client'),
  ]);
  client = clientCertificate;
  const to = process.env.TEST_TEMPORAL_ADDRESS ?? '';
  const pair = await readPair(server);
  const ca = await readFile(authority.cert, 'utf8');
  [database, simulator, mutual, keyed] = await Promise.all([
    createDatabaseToMigrate(),
    startSimulator({ rates: { auth: {}, providers: {} } }),
    startTemporalGateway({ to, tls: { ...pair, ca, requestCert: true, rejectUnauthorized: true } }),
    startTemporalGateway({ to, tls: pair, apiKey: API_KEY }),
  ]);
  common = {
    DATA_DIR: folder,
    DATABASE_URL: database.url,
    TASK_QUEUE: randomUUID(),
    PAYLOAD_KEYS: `test:${randomBytes(32).toString('base64')}`,
    NOTEWORTH_BASE_URL: simulator.url,
  };
  withCertificate = {
    ...common,
    TEMPORAL_ADDRESS: mutual.address,
    TEMPORAL_TLS_CLIENT_CERT_PATH: client.cert,
    TEMPORAL_TLS_CLIENT_KEY_PATH: client.key,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority.cert,
  };
  withKey = {
    ...common,
    TEMPORAL_ADDRESS: keyed.address,
    TEMPORAL_API_KEY: API_KEY,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: authority.cert,
  };
});

afterAll(async () => {
  killCommands();
  mutual?.close();
  keyed?.close();
  await Promise.all([simulator?.close(), database?.drop(), rm(folder, { recursive: true, force: true })]);
});

/** Checks that a worker reaches Temporal, and so do the commands that start and show its runs. */
async function works(env: NodeJS.ProcessEnv): Promise<void> {
  const worker = startCommand(['worker'], env);
  await worker.says(/Worker ready/);
  const sync = await runCommand(['sync'], env);
  expect(sync).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded') });
  expect(await runCommand(['doctor'], env)).toMatchObject({ code: 0 });
  expect(await worker.end('SIGTERM')).toMatchObject({ code: 0 });
}

async function isReached(env: NodeJS.ProcessEnv): Promise<void> {
  const { stdout } = await runCommand(['doctor'], env);
  expect(stdout).toMatch(/^ok {4}Temporal +localhost:\d+, namespace default$/m);
}

async function isRefused(command: string, env: NodeJS.ProcessEnv, words: RegExp): Promise<void> {
  const { code, stdout, stderr } = await runCommand([command], env);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^provider-sync: Temporal at localhost:\d+ cannot be reached .*\n$/);
  expect(stderr).toMatch(words);
}

describe('Temporal with client certificates', () => {
  it('works for worker, sync and doctor', () => works(withCertificate));

  it('is reached with the certificates in the environment itself', async () => {
    const { TEMPORAL_ADDRESS } = withCertificate;
    await isReached({
      ...common,
      TEMPORAL_ADDRESS,
      TEMPORAL_TLS_CLIENT_CERT_DATA: await readFile(client.cert, 'utf8'),
      TEMPORAL_TLS_CLIENT_KEY_DATA: await readFile(client.key, 'utf8'),
      TEMPORAL_TLS_SERVER_CA_CERT_DATA: await readFile(authority.cert, 'utf8'),
    });
  });

  it('is reached with a profile of a configuration file', async () => {
    const file = join(folder, 'temporal.toml');
    await writeFile(
      file,
      `[profile.cloud]
address = "${mutual.address}"
namespace = "default"
[profile.cloud.tls]
client_cert_path = "${client.cert}"
client_key_path = "${client.key}"
server_ca_cert_path = "${authority.cert}"
`,
    );
    await isReached({ ...common, TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'cloud' });
  });

  it('refuses other clients, which report the reason in one line', async () => {
    const { TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH, ...without } = withCertificate;
    const { cert, key } = await stranger.issue('client');
    const ofStranger = { TEMPORAL_TLS_CLIENT_CERT_PATH: cert, TEMPORAL_TLS_CLIENT_KEY_PATH: key };
    await Promise.all([
      isRefused('sync', without, /alert certificate required.*TEMPORAL_TLS_\*/),
      isRefused('worker', without, /alert certificate required.*TEMPORAL_TLS_\*/),
      isRefused('sync', { ...withCertificate, ...ofStranger }, /the certificates \(TEMPORAL_TLS_\*\)/),
      isRefused('sync', { ...common, TEMPORAL_ADDRESS: mutual.address }, /TEMPORAL_TLS=true/),
    ]);
  });

  it('is not trusted if its certificate is from another authority', () =>
    isRefused(
      'sync',
      { ...withCertificate, TEMPORAL_TLS_SERVER_CA_CERT_PATH: stranger.cert },
      /self-signed certificate in certificate chain.*TEMPORAL_TLS_\*/,
    ));
});

describe('Temporal with API keys', () => {
  it('works for worker, sync and doctor', () => works(withKey));

  it('is reached with the key in a file', async () => {
    const file = join(folder, 'api-key');
    await writeFile(file, `${API_KEY}\n`);
    const { TEMPORAL_API_KEY, ...env } = withKey;
    await isReached({ ...env, TEMPORAL_API_KEY_FILE: file });
  });

  it('refuses a wrong key, which the client reports in one line', () =>
    isRefused('sync', { ...withKey, TEMPORAL_API_KEY: 'wrong' }, /Request unauthorized.*TEMPORAL_API_KEY/));
});
