import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { readProcess } from '../../../src/local/process-info';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator';
import {
  killCommands,
  type RunningCommand,
  runCommand,
  runProgram,
  startCommand,
} from '../../support/command';
import { newDataDir, placeOf, removeDataDirs, startDev, upDev } from '../../support/dev';
import { partnersFile } from '../../support/partners';
import { createTestDatabase } from '../../support/test-database';

jest.setTimeout(300_000);

/** The usual ports of Postgres, Temporal, its UI and the simulator. */
const PREFERRED_PORTS = [5432, 7233, 8233, 4010];

afterAll(async () => {
  killCommands();
  await removeDataDirs();
});

/** Runs a command that knows DATA_DIR and nothing else. */
const run = (dataDir: string, args: string) => runCommand(args.split(' '), { DATA_DIR: dataDir });

async function items<T>(dataDir: string, args: string): Promise<T[]> {
  const { stdout } = await run(dataDir, `${args} --json --limit 500`);
  return JSON.parse(stdout).items;
}

interface Run {
  readonly id: string;
  readonly workflowId: string;
  readonly status: string;
  readonly trigger: string;
}

async function runWithCalls(dataDir: string, { id }: Run) {
  const { stdout } = await run(dataDir, `runs show ${id} --json`);
  return JSON.parse(stdout) as Run & { calls: { endpoint: string; outcome: string }[] };
}

async function familyNames(dataDir: string): Promise<string[]> {
  return (await items<{ familyName: string }>(dataDir, 'providers list')).map(({ familyName }) => familyName);
}

async function serverPids(dataDir: string): Promise<number[]> {
  const files = [join(dataDir, 'postgres/data/postmaster.pid'), join(dataDir, 'temporal/server.pid')];
  return Promise.all(files.map(async (file) => Number.parseInt(await readFile(file, 'utf8'), 10)));
}

/** Processes with the directory in their command line, as both servers have it. */
async function processesIn(directory: string): Promise<string[]> {
  const pids =
    process.platform === 'linux'
      ? await readdir('/proc')
      : (await runProgram('ps', ['-ax', '-o', 'pid='])).stdout.split(/\s+/);
  const found = await Promise.all(
    pids.filter((pid) => /^\d+$/.test(pid)).map((pid) => readProcess(Number(pid))),
  );
  return found.flatMap((one) => (one?.command.includes(directory) ? one.command : []));
}

async function expectNothingLeft(dataDir: string, pids: readonly number[] = []): Promise<void> {
  expect(await Promise.all(pids.map(readProcess))).toEqual(pids.map(() => null));
  expect(await processesIn(dataDir)).toEqual([]);
  const left = await readdir(dataDir);
  expect(left).not.toContain('dev.json');
  expect(left).not.toContain('dev.lock');
}

/** Listens on a port, unless it is already in use. */
async function takePort(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
  });
  return server;
}

function person(number: number) {
  return {
    name_given: `Given ${number}`,
    name_family: `Family ${number}`,
    title: 'Dr.',
    clinic: 'Far Away Clinic',
  };
}

/** A partner without faults, with ten people of its own. */
function startPartner(): Promise<Simulator> {
  return startSimulator({
    rates: { auth: {}, providers: {} },
    people: Array.from({ length: 10 }, (_, n) => person(n)),
  });
}

const THEIR_FAMILIES = Array.from({ length: 10 }, (_, number) => `Family ${number}`);

describe('dev', () => {
  let dataDir: string;
  let dev: RunningCommand;
  let pids: number[];
  let partner: Simulator;
  let taken: Server[];

  beforeAll(async () => {
    [dataDir, partner, taken] = await Promise.all([
      newDataDir(),
      startPartner(),
      Promise.all(PREFERRED_PORTS.map(takePort)),
    ]);
    dev = await upDev(dataDir);
    pids = [dev.pid, ...(await serverPids(dataDir))];
  });

  afterAll(async () => {
    await dev.end('SIGTERM');
    for (const server of taken) server.close();
    await partner.close();
  });

  const place = (name: string) => placeOf(dev, name);

  it('syncs at once, and shows the failures that the run survives', async () => {
    await dev.says(/Sync of noteworth succeeded\. 10 received: 10 new/);
    const [first, ...others] = await items<Run>(dataDir, 'runs list');
    expect(others).toEqual([]);
    expect(first).toMatchObject({ status: 'succeeded', trigger: 'dev' });
    const { calls } = await runWithCalls(dataDir, first as Run);
    expect(calls.map(({ endpoint, outcome }) => `${endpoint}: ${outcome}`)).toEqual([
      'auth: PartnerError',
      'auth: ok',
      'providers: IncompleteResponse',
      'providers: ok',
    ]);
  });

  it('prints its addresses, which have the next free ports if the usual ones are in use', async () => {
    const names = ['Postgres', 'Temporal', 'Temporal UI', 'Partner'];
    const addresses = await Promise.all(names.map(place));
    // Another process may have used one of them at the start, and released it since.
    for (const server of taken.filter(({ listening }) => listening)) {
      const { port } = server.address() as AddressInfo;
      expect(addresses.join(' ')).not.toMatch(new RegExp(`:${port}\\b`));
    }
    for (const page of [await place('Temporal UI'), await place('Partner')]) {
      expect((await fetch(page, { signal: AbortSignal.timeout(5_000) })).status).toBe(200);
    }
  });

  it("links the calls on the simulated partner's page to their run", async () => {
    const [run] = await items<Run>(dataDir, 'runs list');
    const page = await fetch(await place('Partner'), { signal: AbortSignal.timeout(5_000) });
    expect(await page.text()).toContain(`href="${await place('Pages')}/runs/${run?.id}">succeeded</a>`);
  });

  it('is found by commands that know only its DATA_DIR', async () => {
    await fetch(`${await place('Partner')}/control`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ rates: { auth: {}, providers: {} } }),
      signal: AbortSignal.timeout(5_000),
    });
    const sync = await run(dataDir, 'sync');
    expect(sync).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded. 10 received') });
    const [providers, doctor] = await Promise.all([familyNames(dataDir), run(dataDir, 'doctor')]);
    expect(providers.length).toBeGreaterThanOrEqual(10);
    expect(doctor).toMatchObject({ code: 0, stdout: expect.not.stringContaining('FAIL') });
    expect(doctor.stdout).toContain(`noteworth at ${await place('Partner')} `);
  });

  it('begins its own runs, and those of its API and pages, with the answer to the start', async () => {
    const answer = await fetch(`${await place('Pages')}/api/v1/syncs`, { method: 'POST' });
    const started = (await answer.json()) as Run;
    const first = (await items<Run>(dataDir, 'runs list')).at(-1);
    const connection = await Connection.connect({ address: await place('Temporal') });
    const { workflow } = new Client({ connection });
    for (const { workflowId } of [started, first as Run]) {
      const { events } = await workflow.getHandle(workflowId).fetchHistory();
      expect(events?.[0]?.workflowExecutionStartedEventAttributes).toMatchObject({
        eagerExecutionAccepted: true,
      });
    }
    await connection.close();
  });

  it('creates one schedule, which other commands can list and apply again', async () => {
    await dev.says(/^ {2}Schedule +Every 366 days, up to 1 minute later; next at \S+Z$/m);
    for (const _ of [1, 2]) {
      const { stdout } = await run(dataDir, 'schedules apply');
      expect(stdout).toMatch(/^noteworth +unchanged +provider-sync\.noteworth$/m);
    }
    const { stdout } = await run(dataDir, 'schedules list --json');
    expect(JSON.parse(stdout)).toMatchObject({
      items: [
        { partner: 'noteworth', schedule: { times: 'Every 366 days, up to 1 minute later', paused: false } },
      ],
      nextCursor: null,
    });
  });

  it('hides its secrets from other users', async () => {
    for (const file of ['payload-keys', 'dev.json', 'postgres/password']) {
      expect((await stat(join(dataDir, file))).mode & 0o077).toBe(0);
    }
    expect((await stat(join(dataDir, 'payload-keys'))).mode & 0o777).toBe(0o600);
  });

  it('refuses a second start in the same DATA_DIR, and keeps running', async () => {
    const { code, stdout, stderr } = await startDev(dataDir).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^provider-sync: Process \d+ is already using the data directory .*: stop it first, .*\n$/,
    );
    expect((await run(dataDir, 'doctor')).code).toBe(0);
  });

  it('ends with 0 when it is interrupted, and leaves no process', async () => {
    expect(await dev.end('SIGINT')).toMatchObject({ code: 0 });
    await expectNothingLeft(dataDir, pids);
  });

  it('keeps its data when it starts again, and syncs a partner of the operator', async () => {
    const keys = await readFile(join(dataDir, 'payload-keys'), 'utf8');
    dev = await upDev(dataDir, { NOTEWORTH_BASE_URL: partner.url });
    await dev.says(/succeeded\. 10 received: 10 new/);
    expect(await place('Partner')).toBe(partner.url);
    expect(await readFile(join(dataDir, 'payload-keys'), 'utf8')).toBe(keys);
    const [names, runs] = await Promise.all([familyNames(dataDir), items<Run>(dataDir, 'runs list')]);
    expect(names.filter((name) => THEIR_FAMILIES.includes(name)).sort()).toEqual(THEIR_FAMILIES);
    expect(names.length).toBeGreaterThanOrEqual(20);
    expect(runs.map(({ trigger }) => trigger)).toEqual(['dev', 'api', 'cli', 'dev']);
  });

  it('recovers after a kill -9 in the middle of a run, and finishes that run', async () => {
    partner.reset();
    partner.script('providers', [{ fault: 'slow', delayMs: 30_000 }]);
    const sync = startCommand(['sync'], { DATA_DIR: dataDir });
    const [, workflowId] = await sync.says(/Started (\S+)/);
    while (!partner.calls.some(({ endpoint }) => endpoint === 'providers')) await sleep(20);
    const killed = [dev.pid, ...(await serverPids(dataDir))];
    await Promise.all([dev.end('SIGKILL'), sync.end('SIGKILL')]);
    const before = await readdir(dataDir);
    expect(before).toContain('dev.json');

    dev = await upDev(dataDir, { NOTEWORTH_BASE_URL: partner.url });
    await dev.says(/skipped: .* is already running/);
    expect(await Promise.all(killed.map(readProcess))).toEqual([null, null, null]);
    expect(await familyNames(dataDir)).toEqual(expect.arrayContaining(THEIR_FAMILIES));

    await dev.says(/"msg":"Run succeeded"/);
    const runs = await items<Run>(dataDir, 'runs list');
    const { status, calls } = await runWithCalls(
      dataDir,
      runs.find((one) => one.workflowId === workflowId) as Run,
    );
    expect(status).toBe('succeeded');
    expect(calls.map(({ endpoint, outcome }) => `${endpoint}: ${outcome}`)).toEqual([
      'auth: ok',
      'providers: Interrupted',
      'providers: ok',
    ]);
  });

  it('ends with 0 when it is terminated, and leaves no process', async () => {
    pids = [dev.pid, ...(await serverPids(dataDir))];
    expect(await dev.end('SIGTERM')).toMatchObject({ code: 0 });
    await expectNothingLeft(dataDir, pids);
  });
});

describe("dev with the operator's own partners", () => {
  it('syncs each of them, and commands in another terminal use the same partners', async () => {
    const [dataDir, north, south] = await Promise.all([newDataDir(), startPartner(), startPartner()]);
    const PARTNERS_FILE = join(dataDir, 'theirs.yaml');
    await writeFile(
      PARTNERS_FILE,
      partnersFile([
        ['north', { baseUrl: `\${NORTH_URL}` }],
        ['south', { baseUrl: `\${SOUTH_URL}`, schedule: undefined }],
      ]),
    );
    // A proxy in the environment is not used for addresses of this machine.
    const env = { NORTH_URL: north.url, SOUTH_URL: south.url, http_proxy: 'http://127.0.0.1:1' };
    const dev = await upDev(dataDir, { PARTNERS_FILE, ...env });
    await dev.says(/Sync of north succeeded\. 10 received: 10 new/);
    await dev.says(/Sync of south succeeded\. 10 received: 10 new/);
    const scheduled = (await run(dataDir, 'schedules list')).stdout;
    expect(scheduled).toMatch(/^north +Every 366 days/m);
    expect(scheduled).toMatch(/^south +none/m);
    expect((await run(dataDir, 'schedules apply')).stdout).toMatch(/^north +unchanged/m);
    expect((await run(dataDir, 'doctor')).stdout).toMatch(/north at http/);
    expect((await run(dataDir, 'sync south')).code).toBe(0);
    const unnamed = await run(dataDir, 'sync');
    expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining('(north, south); name one') });
    expect(await dev.end('SIGTERM')).toMatchObject({ code: 0 });
    await Promise.all([north.close(), south.close()]);
  });
});

describe("dev with the operator's own servers", () => {
  it('starts no servers of its own, and stores the records of the partner', async () => {
    const [dataDir, database, partner] = await Promise.all([
      newDataDir(),
      createTestDatabase(),
      startPartner(),
    ]);
    const dev = await upDev(dataDir, {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
      TASK_QUEUE: randomUUID(),
      NOTEWORTH_BASE_URL: partner.url,
    });
    const found = await runCommand(['providers', 'list', '--json'], { DATABASE_URL: database.url });
    expect((await readdir(dataDir)).sort()).toEqual(['dev.json', 'dev.lock', 'payload-keys']);
    expect(await processesIn(dataDir)).toEqual([]);
    const { code } = await dev.end('SIGTERM');
    await Promise.all([database.drop(), partner.close()]);

    expect(code).toBe(0);
    const { items: providers } = JSON.parse(found.stdout);
    expect(providers.map(({ familyName }: { familyName: string }) => familyName)).toEqual(THEIR_FAMILIES);
    await expectNothingLeft(dataDir);
  });
});

describe('dev that loses one of its servers', () => {
  it.each(['PostgreSQL', 'The Temporal dev server'])('ends, and names the server: %s', async (name) => {
    const dataDir = await newDataDir();
    const dev = await upDev(dataDir);
    const [postgres = 0, temporal = 0] = await serverPids(dataDir);
    process.kill(name === 'PostgreSQL' ? postgres : temporal, 'SIGKILL');
    const { code, stderr } = await dev.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^provider-sync: ${name} was ended by SIGKILL`, 'm'));
    await expectNothingLeft(dataDir, [dev.pid, postgres, temporal]);
  });
});

describe('dev, started twice at the same moment', () => {
  it('uses different ports each time', async () => {
    const directories = await Promise.all([newDataDir(), newDataDir()]);
    const both = directories.map((directory) => startDev(directory));
    const pages = await Promise.all(both.map((dev) => placeOf(dev, 'Pages')));
    expect(new Set(pages).size).toBe(2);
    for (const address of pages) expect((await fetch(`${address}/healthz`)).status).toBe(200);
    const ended = await Promise.all(both.map((dev) => dev.end('SIGINT')));
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  });
});

describe('dev that is interrupted while it starts', () => {
  async function interrupt(waitFor: (dev: RunningCommand) => Promise<unknown>) {
    const dataDir = await newDataDir();
    const dev = startDev(dataDir);
    await waitFor(dev);
    const { code, stdout, stderr } = await dev.end('SIGINT');
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/^ +at /m);
    await expectNothingLeft(dataDir, [dev.pid]);
    return code;
  }

  it.each([300, 900, 1_500, 2_200])('leaves nothing behind after %i ms', async (delay) => {
    // Before the code of `dev` is loaded, the signal itself ends the process.
    expect([0, null]).toContain(await interrupt(() => sleep(delay)));
  });

  it('leaves nothing behind in the middle of the first sync', async () => {
    expect(await interrupt((dev) => dev.says(/"msg":"Run opened"/))).toBe(0);
  });
});
