import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { Client as PostgresClient } from 'pg';
import type { NoteworthState } from '../../../src/simulator/noteworth';
import type { Step } from '../../../src/simulator/simulator';
import { MIGRATIONS } from '../../../src/store/schema/migrations';
import { connectClient } from '../../../src/temporal/connection/connection';
import {
  killCommands,
  MAIN,
  type RunningCommand,
  runCommand,
  runProgram,
  startCommand,
} from '../../support/command';
import { partnersFile } from '../../support/partners';
import { testTemporalConfig } from '../../support/temporal-config';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

/** The simulator and the worker run as long as the tests of this file, also on a slow machine. */
const FILE_ENDS_WITHIN_MS = 20 * 60_000;
const NO_LISTENER = '127.0.0.1:1';
const secret = randomBytes(32);

let env: NodeJS.ProcessEnv;
let dataDir: string;
let database: TestDatabase;
let empty: TestDatabase;
let simulator: RunningCommand;
let worker: RunningCommand;
let partnerUrl: string;
let client: Client;

const run = (args: string, changes: NodeJS.ProcessEnv = {}) =>
  runCommand(args.split(' '), { ...env, ...changes });

beforeAll(async () => {
  [database, empty, dataDir] = await Promise.all([
    createTestDatabase(),
    createTestDatabase(),
    mkdtemp(join(tmpdir(), 'provider-sync-cli-')),
  ]);
  simulator = startCommand(['simulator', '--port', '0'], { DATA_DIR: dataDir }, FILE_ENDS_WITHIN_MS);
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
  };
  await run('migrate');
  worker = await startWorker();
  client = await connectClient(
    testTemporalConfig({ payloadKeys: [{ id: 'test', secret: createSecretKey(secret) }] }),
  );
});

afterAll(async () => {
  await Promise.all([worker?.end('SIGTERM'), simulator?.end('SIGTERM'), client?.connection.close()]);
  killCommands();
  await Promise.all([database.drop(), empty.drop(), rm(dataDir, { recursive: true })]);
});

async function startWorker(): Promise<RunningCommand> {
  const started = startCommand(['worker'], env, FILE_ENDS_WITHIN_MS);
  await started.says(/Worker ready/);
  return started;
}

async function control(method: string, path: string, body?: unknown): Promise<NoteworthState> {
  const response = await fetch(`${partnerUrl}/control${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(5_000),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as NoteworthState;
}

/** Forgets earlier calls and sets the next answers; later answers are normal. */
async function partnerAnswers(answers: { auth?: Step[]; providers?: Step[] } = {}): Promise<void> {
  await control('POST', '/reset', {});
  for (const [endpoint, steps] of Object.entries(answers)) {
    await control('POST', '/script', { endpoint, steps });
  }
}

async function callsTo(endpoint: string) {
  return (await control('GET', '')).calls.filter((call) => call.endpoint === endpoint);
}

/** Waits until the partner has been asked for its providers. */
async function askedForProviders(): Promise<void> {
  for (let look = 0; look < 500; look++) {
    if ((await callsTo('providers')).length > 0) return;
    await sleep(20);
  }
  throw new Error('the partner got no call to /providers');
}

/** Keeps runs from being stored, and so from ending, until the returned function is called. */
async function holdSaves(): Promise<() => Promise<void>> {
  const locker = new PostgresClient({ connectionString: database.url });
  await locker.connect();
  await locker.query('BEGIN; LOCK TABLE providers IN ACCESS EXCLUSIVE MODE');
  return () => locker.end();
}

/** Expects one line, or a heading with a list, and no stack. */
function expectRefusal({ code, stdout, stderr }: Awaited<ReturnType<typeof run>>, words: string | RegExp) {
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^provider-sync: .+\n( {2}.+\n)*$/);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(stderr).toMatch(words);
}

describe('migrate', () => {
  it('creates the tables once', async () => {
    const fresh = await createTestDatabase();
    const once = await run('migrate', { DATABASE_URL: fresh.url });
    const twice = await run('migrate', { DATABASE_URL: fresh.url });
    await fresh.drop();
    expect(once).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Applied: \w+(, \w+)*\n$/) });
    expect(twice).toMatchObject({ code: 0, stdout: 'Nothing to do: the tables are up to date.\n' });
  });

  it('prints JSON', async () => {
    const fresh = await createTestDatabase();
    const json = async (args: string) =>
      JSON.parse((await run(`migrate --json ${args}`.trim(), { DATABASE_URL: fresh.url })).stdout);
    const once = await json('');
    const twice = await json('');
    const reverted = await json('--revert');
    const { sql } = await json('--roles --dry-run');
    await fresh.drop();
    expect(once).toEqual({ applied: MIGRATIONS.map(({ name }) => name), lookalikes: [] });
    expect(twice).toEqual({ applied: [], lookalikes: [] });
    expect(reverted).toEqual({ reverted: once.applied.at(-1) });
    expect(sql).toContain('CREATE ROLE');
  });

  it('reverts one migration, and deletes data only with --yes', async () => {
    const fresh = await createTestDatabase();
    const changes = { DATABASE_URL: fresh.url };
    expectRefusal(await run('migrate --yes', changes), '--yes is for --revert only');
    const nothing = await run('migrate --revert', changes);
    await run('migrate', changes);
    const unused = await run('migrate --revert', changes);
    await run('migrate', changes);
    const writer = new PostgresClient({ connectionString: fresh.url });
    await writer.connect();
    await writer.query(
      `INSERT INTO sync_runs (partner, trigger, status, workflow_id, run_id) VALUES ('a', 'cli', 'running', 'b', 'c')`,
    );
    await writer.end();
    for (const _ of MIGRATIONS.slice(1)) await run('migrate --revert --yes', changes);
    const refused = await run('migrate --revert', changes);
    const agreed = await run('migrate --revert --yes', changes);
    await fresh.drop();

    expect(nothing).toMatchObject({ code: 0, stdout: 'Nothing to do: no migration has been applied.\n' });
    expect(unused).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Reverted: \w+\. /) });
    expectRefusal(refused, /Reverting \w+ would lose what is in the table sync_runs\..* add --yes/);
    expect(agreed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Reverted: \w+\. /) });
  });
});

describe('sync', () => {
  it('exits with 0 if it succeeds, and prints the result', async () => {
    await partnerAnswers({ auth: ['error500'], providers: ['cut'] });
    const { code, stdout } = await run('sync');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Sync of noteworth succeeded\. 10 received: 10 new, 0 changed, 0 unchanged\.\nSee more: .* runs show sync-noteworth-\S+\n$/,
    );
  });

  it('prints the run as JSON and nothing else', async () => {
    await partnerAnswers({ providers: ['error500'] });
    const { code, stdout } = await run('sync noteworth --json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      partner: 'noteworth',
      trigger: 'cli',
      status: 'succeeded',
      workflowId: expect.stringMatching(/^sync-noteworth-/),
      runId: expect.any(String),
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      finishedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      received: 10,
      inserted: expect.any(Number),
      updated: expect.any(Number),
      unchanged: expect.any(Number),
      duplicates: 0,
      rejected: 0,
      failure: null,
      calls: [
        { endpoint: 'auth', attempt: 1, outcome: 'ok' },
        { endpoint: 'providers', attempt: 1, outcome: 'PartnerError', httpStatus: 500 },
        { endpoint: 'providers', attempt: 2, outcome: 'ok' },
      ],
    });
  });

  it('exits with 1 if it fails after three calls, and prints the reason', async () => {
    await partnerAnswers({ auth: ['error500', 'reset', 'error500', 'ok'] });
    const { code, stdout, stderr } = await run('sync');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Sync of noteworth failed: PartnerError\. The auth endpoint of noteworth failed/);
    expect(stdout + stderr).not.toMatch(/^ +at /m);
    expect(await callsTo('auth')).toHaveLength(3);

    await partnerAnswers({ auth: ['unauthorized'] });
    const json = await run('sync --json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: 'failed',
      failure: { type: 'RequestRejected', message: expect.any(String) },
    });
  });

  it('exits with 3 if another sync is running, and names it', async () => {
    await partnerAnswers();
    const release = await holdSaves();
    const first = startCommand(['sync', '--json'], env);
    await askedForProviders();
    const [second, json] = await Promise.all([run('sync'), run('sync --json')]);
    await release();
    const { code, stdout } = await first.ended;
    const { id, workflowId } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(second.code).toBe(3);
    expect(second.stdout).toContain(`skipped: ${workflowId} is already running`);
    expect(json.code).toBe(3);
    expect(JSON.parse(json.stdout)).toMatchObject({ status: 'skipped', holderId: id, calls: [] });
  });

  it('exits with 1 after its timeout, and shows how to follow the run, which is still running', async () => {
    await partnerAnswers();
    const release = await holdSaves();
    const [text, wrong] = await Promise.all([run('sync --timeout 1s'), run('sync --timeout soon')]);
    const [, workflowId = ''] = /runs show (\S+)/.exec(text.stdout) ?? [];
    expect(text).toMatchObject({
      code: 1,
      stdout: [
        'Stopped waiting for the sync of noteworth, which is still running.',
        `See more: npx provider-sync runs show ${workflowId}`,
        `Cancel it: npx provider-sync runs cancel ${workflowId}\n`,
      ].join('\n'),
    });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('such as 30s, 5m or 1h') });
    await release();
    expect(await client.workflow.getHandle(workflowId).result()).toMatchObject({ status: 'succeeded' });
  });

  it('reports that the run is paused, and how to resume it', async () => {
    await partnerAnswers();
    const release = await holdSaves();
    const sync = startCommand(['sync'], env);
    const [, workflowId = ''] = await sync.says(/Started (\S+)/);
    await askedForProviders();
    const change = (verb: string) =>
      runProgram(process.env.TEMPORAL_CLI_PATH ?? '', [
        ...['workflow', verb, '--workflow-id', workflowId],
        ...['--address', env.TEMPORAL_ADDRESS ?? ''],
      ]);
    await change('pause');
    await sync.says(
      new RegExp(`paused by an operator; resume it with: .* unpause --workflow-id ${workflowId}`),
    );
    await change('unpause');
    await release();
    expect(await sync.ended).toMatchObject({ code: 0 });
  });

  it('requires a name if there are several partners, and otherwise uses the only one', async () => {
    const PARTNERS_FILE = join(dataDir, 'several.yaml');
    await writeFile(
      PARTNERS_FILE,
      partnersFile([
        ['north', {}],
        ['south', {}],
      ]),
    );
    const unnamed = await run('sync', { PARTNERS_FILE });
    expectRefusal(
      unnamed,
      'There are several partners (north, south); name one, as in: npx provider-sync sync north',
    );
    await writeFile(PARTNERS_FILE, partnersFile([['north', {}]]));
    const only = await run('sync --timeout 1ms', { PARTNERS_FILE, TASK_QUEUE: randomUUID() });
    expect(only.stdout).toContain('the sync of north, which is still running');
  });

  it('exits with 2 for a partner that is not configured', async () => {
    const [text, json] = await Promise.all([run('sync unknown'), run('sync unknown --json')]);
    expect([text.code, json.code]).toEqual([2, 2]);
    expect(text.stdout).toContain('"unknown" is none of: noteworth.');
    expect(JSON.parse(json.stdout)).toMatchObject({
      id: null,
      partner: 'unknown',
      status: 'failed',
      failure: { type: 'UnknownPartner' },
      calls: [],
    });
  });
});

describe('a run started in Temporal', () => {
  /** Starts the workflow with the Temporal CLI and waits for its end. */
  async function startInTemporal(...inputs: string[]): Promise<unknown> {
    const workflowId = `by-hand-${randomUUID()}`;
    const { code, stderr } = await runProgram(process.env.TEMPORAL_CLI_PATH ?? '', [
      ...['workflow', 'start', '--address', env.TEMPORAL_ADDRESS ?? ''],
      ...['--type', 'syncProviders', '--task-queue', env.TASK_QUEUE ?? ''],
      ...['--workflow-id', workflowId],
      ...inputs,
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return client.workflow.getHandle(workflowId).result();
  }

  it.each([
    ['no input', []],
    ['null', ['--input', 'null']],
    ['an empty object', ['--input', '{}']],
    ['its partner', ['--input', '{"partner":"noteworth"}']],
  ])('succeeds with %s', async (_what, inputs) => {
    await partnerAnswers();
    expect(await startInTemporal(...inputs)).toMatchObject({ status: 'succeeded', partner: 'noteworth' });
  });

  it.each([
    ['a text', ['--input', '"noteworth"'], 'InvalidInput'],
    ['a list', ['--input', '[1]'], 'InvalidInput'],
    ['an unknown field', ['--input', '{"who":"noteworth"}'], 'InvalidInput'],
    ['two inputs', ['--input', '{}', '--input', '{}'], 'InvalidInput'],
    ['bytes', ['--input', 'garbage', '--input-meta', 'encoding=binary/plain'], 'InvalidInput'],
    ['a message of Protobuf', ['--input', '{}', '--input-meta', 'encoding=json/protobuf'], 'InvalidInput'],
    ['an unknown encoding', ['--input', 'garbage', '--input-meta', 'encoding=of/nobody'], 'InvalidInput'],
    ['a name that no partner can have', ['--input', '{"partner":"No Body"}'], 'UnknownPartner'],
  ])('fails by name with %s', async (_what, inputs, type) => {
    await partnerAnswers();
    const error = await startInTemporal(...inputs).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    const { cause } = error as WorkflowFailedError;
    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect((cause as ApplicationFailure).type).toBe(type);
    expect(await callsTo('auth')).toEqual([]);
  });

  it('is in the list of runs, by its trigger', async () => {
    const { stdout } = await run('runs list --json --limit 500');
    const triggers = JSON.parse(stdout).items.map(({ trigger }: { trigger: string }) => trigger);
    expect(new Set(triggers)).toEqual(new Set(['cli', 'temporal']));
  });
});

describe('runs', () => {
  it('lists the latest run first, filters by status, and has pages', async () => {
    const [table, all, failed, first] = await Promise.all([
      run('runs list'),
      run('runs list --json --limit 500'),
      run('runs list --json --status failed'),
      run('runs list --json --limit 2'),
    ]);
    expect(table.stdout).toMatch(/^STARTED +PARTNER +STATUS .*\n\d{4}-/);
    const { items, nextCursor } = JSON.parse(all.stdout);
    expect(nextCursor).toBeNull();
    const times = items.map(({ startedAt }: { startedAt: string }) => startedAt);
    expect(times).toEqual([...times].sort().reverse());
    expect(JSON.parse(failed.stdout).items).toHaveLength(2);
    const page = JSON.parse(first.stdout);
    expect(page.items).toEqual(items.slice(0, 2));
    const next = await run(`runs list --json --limit 2 --cursor ${page.nextCursor}`);
    expect(JSON.parse(next.stdout).items).toEqual(items.slice(2, 4));
  });

  it('shows a run with its calls, by id and by workflow ID', async () => {
    const { items } = JSON.parse((await run('runs list --json --limit 500')).stdout);
    const { id, workflowId } = items.at(-1);
    const [byId, byWorkflowId, json] = await Promise.all([
      run(`runs show ${id}`),
      run(`runs show ${workflowId}`),
      run(`runs show ${id} --json`),
    ]);
    expect(byId.stdout).toBe(byWorkflowId.stdout);
    for (const words of [id, workflowId, 'PartnerError', 'HTTP 500', 'IncompleteResponse', '10 received']) {
      expect(byId.stdout).toContain(words);
    }
    expect(JSON.parse(json.stdout)).toMatchObject({ ...items.at(-1), calls: expect.any(Array) });
  });

  it('cancels a run, once', async () => {
    await partnerAnswers({ providers: ['hangForever', 'hangForever', 'hangForever'] });
    const sync = startCommand(['sync', '--json'], env);
    const [, workflowId = ''] = await sync.says(/Started (\S+)/);
    await askedForProviders();
    const cancelled = await run(`runs cancel ${workflowId}`);
    const { code, stdout } = await sync.ended;
    expect(cancelled).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Cancelling run \S+\.\nSee more: npx provider-sync runs show \S+\n$/),
    });
    const { id, status } = JSON.parse(stdout);
    expect({ code, status }).toEqual({ code: 1, status: 'cancelled' });
    expectRefusal(await run(`runs cancel ${id} --json`), `Run ${id} has already finished`);
    expectRefusal(
      await run(`runs cancel ${randomUUID()}`),
      /There is no run .* See: npx provider-sync runs list/,
    );
  });

  it('shows and cancels a run that still waits for a worker', async () => {
    const { stdout } = await run('sync --timeout 1ms', { TASK_QUEUE: randomUUID() });
    const [, workflowId = ''] = /runs show (\S+)/.exec(stdout) ?? [];
    const [text, json, undecided, cancelled] = [
      await run(`runs show ${workflowId}`),
      await run(`runs show ${workflowId} --json`),
      await run(`runs approve ${workflowId}`),
      await run(`runs cancel ${workflowId}`),
    ];
    const handle = client.workflow.getHandle(workflowId);
    const { runId } = await handle.describe();
    await handle.terminate();
    expect(text).toMatchObject({ code: 0, stdout: expect.stringMatching(/\nStatus +running\n/) });
    expect(JSON.parse(json.stdout)).toMatchObject({ id: runId, workflowId, status: 'running', calls: [] });
    expectRefusal(undecided, 'This run does not wait for an approval.');
    expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringContaining(`Cancelling run ${runId}.`) });
  });

  it('refuses a run that does not exist, an unknown status and a foreign cursor', async () => {
    const [noRun, noStatus, noCursor] = await Promise.all([
      run(`runs show ${randomUUID()}`),
      run('runs list --status happy'),
      run('runs list --cursor nonsense'),
    ]);
    expectRefusal(noRun, /There is no run .* See: npx provider-sync runs list/);
    expect(noStatus).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('succeeded') });
    expectRefusal(noCursor, 'The cursor is not one of this list');
  });
});

describe('providers list', () => {
  it('lists, searches and pages', async () => {
    const [table, all, first, other] = await Promise.all([
      run('providers list'),
      run('providers list --json --limit 500'),
      run('providers list --json --limit 3'),
      run('providers list --partner other'),
    ]);
    expect(table.stdout).toMatch(/^FAMILY NAME +GIVEN NAME +TITLE +CLINIC +PARTNER +LAST SEEN +ID\n/);
    expect(other.stdout).toBe('No providers match these filters.\n');
    const { items } = JSON.parse(all.stdout);
    const page = JSON.parse(first.stdout);
    expect(page.items).toEqual(items.slice(0, 3));

    const someone = items[0];
    const [next, found, tooMany] = await Promise.all([
      run(`providers list --json --limit 3 --cursor ${page.nextCursor}`),
      runCommand(['providers', 'list', '--json', '--search', someone.familyName], env),
      run('providers list --limit 501'),
    ]);
    expect(JSON.parse(next.stdout).items).toEqual(items.slice(3, 6));
    expect(JSON.parse(found.stdout).items).toContainEqual(someone);
    expect(JSON.parse(found.stdout).items.length).toBeLessThan(items.length);
    expect(tooMany).toMatchObject({ code: 2, stderr: expect.stringContaining('from 1 to 500') });
  });

  it('ends quietly when its reader closes the pipe', async () => {
    const script = '{ "$0" "$1" providers list --json; echo "exit $?" >&2; } | true';
    const { stderr } = await runProgram('sh', ['-c', script, process.execPath, MAIN], env);
    expect(stderr).toBe('exit 0\n');
  });
});

describe('doctor', () => {
  it('reports no fault in a working installation', async () => {
    const { code, stdout } = await run('doctor');
    expect(stdout).not.toContain('FAIL');
    const well = [...stdout.matchAll(/^ok {4}(.{13})/gm)].map(([, about = '']) => about.trim());
    // The directory depends on the runs of other tests.
    expect(well.filter((about) => about !== 'Directory')).toEqual([
      ...['Node', 'Configuration', 'Postgres', 'Tables', 'Temporal', 'Worker', 'Runs', 'Payload keys'],
      'Partner',
    ]);
    expect(stdout).toMatch(/^WARN {2}Schedules .*schedules apply$/m);
    expect(code).toBe(0);
  });

  it('names each part that is broken, and what to do', async () => {
    const wrongPartners = join(dataDir, 'wrong.yaml');
    await writeFile(wrongPartners, 'partners: {}');
    const [away, unready, unset] = await Promise.all([
      run('doctor', {
        DATABASE_URL: `postgres://${NO_LISTENER}/x`,
        NOTEWORTH_BASE_URL: `http://${NO_LISTENER}`,
        TASK_QUEUE: randomUUID(),
      }),
      run('doctor', { DATABASE_URL: empty.url, PARTNERS_FILE: wrongPartners }),
      run('doctor', { PAYLOAD_KEYS: '' }),
    ]);
    expect([away.code, unready.code, unset.code]).toEqual([2, 2, 2]);
    expect(away.stdout).toMatch(/^FAIL {2}Postgres .*ECONNREFUSED.*DATABASE_URL/m);
    expect(away.stdout).toMatch(/^FAIL {2}Partner .*ECONNREFUSED/m);
    expect(away.stdout).toMatch(/^FAIL {2}Worker .*npx provider-sync worker/m);
    expect(away.stdout).toMatch(/^ok {4}Temporal /m);
    expect(unready.stdout).toMatch(/^FAIL {2}Tables .*npx provider-sync migrate/m);
    expect(unready.stdout).toMatch(/^FAIL {2}Partners .*wrong\.yaml has mistakes/m);
    expect(unset.stdout).toMatch(/^FAIL {2}Configuration [\s\S]*PAYLOAD_KEYS: is not set/m);
  });
});

describe('partners check', () => {
  it('connects to each partner, or to the named one', async () => {
    const [all, one, json, unknown] = await Promise.all([
      run('partners check'),
      run('partners check noteworth'),
      run('partners check --json'),
      run('partners check other'),
    ]);
    const line = `ok    Partner       noteworth at ${partnerUrl} accepts connections\n`;
    expect(all).toMatchObject({ code: 0, stdout: line });
    expect(one).toMatchObject({ code: 0, stdout: line });
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: 'ok',
      checks: [{ check: 'partners', findings: [] }],
    });
    expectRefusal(unknown, '"other" is none of: noteworth.');
  });

  it('exits with 2 for a partner that cannot be reached, and for a mistake in the file', async () => {
    const wrongPartners = join(dataDir, 'mistaken.yaml');
    await writeFile(wrongPartners, 'partners: {}');
    const [away, mistaken] = await Promise.all([
      run('partners check', { NOTEWORTH_BASE_URL: `http://${NO_LISTENER}` }),
      run('partners check --json', { PARTNERS_FILE: wrongPartners }),
    ]);
    expect(away).toMatchObject({ code: 2, stdout: expect.stringMatching(/^FAIL {2}Partner .*ECONNREFUSED/) });
    expectRefusal(mistaken, 'mistaken.yaml has mistakes');
  });
});

describe('a command that cannot do its work', () => {
  it('exits with 2 and one line if the configuration is incomplete', async () => {
    const [keys, url] = await Promise.all([
      run('worker', { PAYLOAD_KEYS: '' }),
      run('runs list', { DATABASE_URL: '' }),
    ]);
    expectRefusal(keys, 'PAYLOAD_KEYS: is not set; set it to the keys');
    expectRefusal(url, 'DATABASE_URL: is not set; start `npm start`');
  });

  it('exits with 2 and one line if Postgres is unavailable or not migrated', async () => {
    const [away, unready] = await Promise.all([
      run('providers list', { DATABASE_URL: `postgres://user:hidden@${NO_LISTENER}/x` }),
      run('runs list', { DATABASE_URL: empty.url }),
    ]);
    expectRefusal(away, /ECONNREFUSED.*Start Postgres, or correct DATABASE_URL/);
    expect(away.stderr).not.toContain('hidden');
    expectRefusal(unready, /run `npx provider-sync migrate`/);
  });

  it('exits with 2 and one line if Temporal is unavailable or has no such namespace', async () => {
    const nowhere = { TEMPORAL_NAMESPACE: 'nowhere', LOG_LEVEL: 'silent' };
    const away = { TEMPORAL_ADDRESS: NO_LISTENER };
    const [sync, doctor, ...refused] = await Promise.all([
      run('sync', away),
      run('doctor', away),
      run('sync', nowhere),
      run('worker', nowhere),
    ]);
    expectRefusal(
      sync,
      /Temporal at 127\.0\.0\.1:1 cannot be reached .* Start it \(npm start brings one\), .* TEMPORAL_ADDRESS/,
    );
    expect(doctor.stdout).toMatch(/^FAIL {2}Temporal .*TEMPORAL_ADDRESS/m);
    for (const command of refused) expectRefusal(command, /[Nn]amespace.*TEMPORAL_NAMESPACE/);
  });

  it('shows stacks only at the log level debug', async () => {
    const { code, stderr } = await run('runs list', {
      DATABASE_URL: `postgres://${NO_LISTENER}/x`,
      LOG_LEVEL: 'debug',
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^ +at /m);
    expect(stderr).toContain('caused by');
  });

  it('exits with 2 if its arguments are wrong', async () => {
    const misuses = [
      'nonsense',
      'sync --nonsense',
      'sync noteworth more',
      'runs',
      'runs show',
      'dev --port 1',
    ];
    for (const { code, stdout, stderr } of await Promise.all(misuses.map((args) => run(args)))) {
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^(error: |Usage: )/);
    }
  });
});

describe('a worker', () => {
  it('names the command that creates missing tables in its log', async () => {
    const lacking = startCommand(['worker'], { ...env, DATABASE_URL: empty.url, TASK_QUEUE: randomUUID() });
    await lacking.says(/run `provider-sync migrate`.*Postgres cannot be used; runs wait for it/);
    expect(await lacking.end('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('waits for Postgres, and stops on request', async () => {
    const waiting = startCommand(['worker'], { ...env, DATABASE_URL: `postgres://${NO_LISTENER}/x` });
    await waiting.says(/Waiting for Postgres/);
    expect(await waiting.end('SIGTERM')).toMatchObject({ code: 0 });
  });

  it('finishes its request to the partner before it stops; another worker continues', async () => {
    await partnerAnswers({ providers: [{ fault: 'slow', delayMs: 2000 }] });
    const sync = startCommand(['sync', '--json'], env);
    await askedForProviders();
    const ended = worker.end('SIGTERM');
    worker = await startWorker();
    expect((await ended).code).toBe(0);

    const { code, stdout } = await sync.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout).calls).toMatchObject([
      { endpoint: 'auth', outcome: 'ok' },
      { endpoint: 'providers', attempt: 1, outcome: 'ok' },
    ]);
    expect(await callsTo('providers')).toMatchObject([{ ended: 'answered', status: 200 }]);
  });
});
