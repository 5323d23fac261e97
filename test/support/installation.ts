import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { Client as PostgresClient } from 'pg';
import type { NoteworthState } from '../../src/simulator/noteworth';
import type { Step } from '../../src/simulator/simulator';
import { type Finished, killCommands, type RunningCommand, startCommand } from './command';
import { runHere } from './command-here';
import { connectTestClient } from './connect-test-client';
import { until } from './scenario';
import { testTemporalConfig } from './temporal-config';
import { createDatabaseToMigrate, createTestDatabase, type TestDatabase } from './test-database';

export const NO_LISTENER = '127.0.0.1:1';
const secret = randomBytes(32);

/** The environment of the commands of a file's tests; see {@link useInstallation}. */
export let env: NodeJS.ProcessEnv;
/** A folder for state and files of the tests. */
export let dataDir: string;
/** A database without tables. */
export let empty: TestDatabase;
export let partnerUrl: string;
export let client: Client;
let database: TestDatabase;
let simulator: RunningCommand;
let worker: RunningCommand;

/** Runs a command; its arguments are separated by spaces. */
export const run = (args: string, changes: NodeJS.ProcessEnv = {}): Promise<Finished> =>
  runHere(args.split(' '), { ...env, ...changes });

/** Installs the commands with a simulator, a database and a worker, for the tests of a file. Call it once in a file. */
export function useInstallation(): void {
  beforeAll(install);
  afterAll(async () => {
    await Promise.all([worker?.end('SIGTERM'), simulator?.end('SIGTERM'), client?.connection.close()]);
    killCommands();
    await Promise.all([database.drop(), empty.drop(), rm(dataDir, { recursive: true })]);
  });
}

async function install(): Promise<void> {
  [database, empty, dataDir] = await Promise.all([
    createDatabaseToMigrate(),
    createTestDatabase(),
    mkdtemp(join(tmpdir(), 'provider-sync-cli-')),
  ]);
  simulator = startCommand(['simulator', '--port', '0'], { DATA_DIR: dataDir });
  [partnerUrl = ''] = await simulator.says(/http:\/\/127\.0\.0\.1:\d+/);
  await control('PUT', '', { rates: { auth: {}, providers: {} } });
  env = {
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
    TASK_QUEUE: randomUUID(),
    PAYLOAD_KEYS: `test:${secret.toString('base64')}`,
    NOTEWORTH_BASE_URL: partnerUrl,
    NOTEWORTH_RETRY_DELAY: '10ms',
    // So long that a call without an answer is still in progress after several commands.
    NOTEWORTH_DEADLINE: '1m',
    // So rare that no time of it comes in a test.
    NOTEWORTH_SYNC_EVERY: '366d',
  };
  worker = await startWorker();
  client = await connectTestClient(
    testTemporalConfig({ payloadKeys: [{ id: 'test', secret: createSecretKey(secret) }] }),
  );
}

/** Stops the worker, and starts another one meanwhile. */
export async function replaceWorker(): Promise<Finished> {
  const ended = worker.end('SIGTERM');
  worker = await startWorker();
  return ended;
}

async function startWorker(): Promise<RunningCommand> {
  const started = startCommand(['worker'], env);
  await started.says(/Worker ready/);
  return started;
}

async function control(method: string, path: string, body?: unknown): Promise<NoteworthState> {
  const response = await fetch(`${partnerUrl}/control${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as NoteworthState;
}

/** Forgets earlier calls and sets the next answers; later answers are normal. */
export async function partnerAnswers(answers: { auth?: Step[]; providers?: Step[] } = {}): Promise<void> {
  await control('POST', '/reset', {});
  for (const [endpoint, steps] of Object.entries(answers)) {
    await control('POST', '/script', { endpoint, steps });
  }
}

/** The calls to an endpoint since the last {@link partnerAnswers}. */
export async function callsTo(endpoint: string) {
  return (await control('GET', '')).calls.filter((call) => call.endpoint === endpoint);
}

/** Waits until the partner has been asked for its providers. */
export function askedForProviders(): Promise<void> {
  return until(async () => (await callsTo('providers')).length > 0);
}

/** Keeps runs from being stored, and so from ending, until the returned function is called. */
export async function holdSaves(): Promise<() => Promise<void>> {
  const locker = new PostgresClient({ connectionString: database.url });
  await locker.connect();
  await locker.query('BEGIN; LOCK TABLE providers IN ACCESS EXCLUSIVE MODE');
  return () => locker.end();
}

/** Expects one line, or a heading with a list, and no stack. */
export function expectRefusal({ code, stdout, stderr }: Finished, words: string | RegExp) {
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^provider-sync: .+\n( {2}.+\n)*$/);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(stderr).toMatch(words);
}
