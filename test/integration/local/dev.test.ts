import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { readProcess } from '../../../src/local/process-info';
import type { Simulator } from '../../../src/simulator/simulator';
import { killCommands, type RunningCommand, startCommand } from '../../support/command';
import {
  expectNothingLeft,
  itemsIn,
  newDataDir,
  placeOf,
  removeDataDirs,
  runIn,
  serverPids,
  startDev,
  upDev,
} from '../../support/dev';
import { familyNames, startPartner, THEIR_FAMILIES } from '../../support/dev-partner';
import { type HeldPorts, holdPorts } from '../../support/held-ports';

jest.setTimeout(300_000);

/** The usual ports of Postgres, Temporal, its UI and the simulator. */
const PREFERRED_PORTS = [5432, 7233, 8233, 4010];

afterAll(async () => {
  killCommands();
  await removeDataDirs();
});

interface Run {
  readonly id: string;
  readonly workflowId: string;
  readonly status: string;
  readonly trigger: string;
}

async function runWithCalls(dataDir: string, { id }: Run) {
  const { stdout } = await runIn(dataDir, `runs show ${id} --json`);
  return JSON.parse(stdout) as Run & { calls: { endpoint: string; outcome: string }[] };
}

describe('dev', () => {
  let dataDir: string;
  let dev: RunningCommand;
  let pids: number[];
  let partner: Simulator;
  let held: HeldPorts;

  beforeAll(async () => {
    [dataDir, partner, held] = await Promise.all([newDataDir(), startPartner(), holdPorts(PREFERRED_PORTS)]);
    dev = await upDev(dataDir);
    pids = [dev.pid, ...(await serverPids(dataDir))];
  });

  afterAll(async () => {
    await dev.end('SIGTERM');
    held.release();
    await partner.close();
  });

  const place = (name: string) => placeOf(dev, name);

  it('syncs at once, and shows the failures that the run survives', async () => {
    await dev.says(/Sync of noteworth succeeded\. 10 received: 10 new/);
    const [first, ...others] = await itemsIn<Run>(dataDir, 'runs list');
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
    for (const port of held.ports) expect(addresses.join(' ')).not.toMatch(new RegExp(`:${port}\\b`));
    for (const page of [await place('Temporal UI'), await place('Partner')]) {
      expect((await fetch(page, { signal: AbortSignal.timeout(60_000) })).status).toBe(200);
    }
  });

  it("links the calls on the simulated partner's page to their run", async () => {
    const [run] = await itemsIn<Run>(dataDir, 'runs list');
    const page = await fetch(await place('Partner'), { signal: AbortSignal.timeout(60_000) });
    expect(await page.text()).toContain(`href="${await place('Pages')}/runs/${run?.id}">succeeded</a>`);
  });

  it('is found by commands that know only its DATA_DIR', async () => {
    await fetch(`${await place('Partner')}/control`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ rates: { auth: {}, providers: {} } }),
      signal: AbortSignal.timeout(60_000),
    });
    const sync = await runIn(dataDir, 'sync');
    expect(sync).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded. 10 received') });
    const [providers, doctor] = await Promise.all([familyNames(dataDir), runIn(dataDir, 'doctor')]);
    expect(providers.length).toBeGreaterThanOrEqual(10);
    expect(doctor).toMatchObject({ code: 0, stdout: expect.not.stringContaining('FAIL') });
    expect(doctor.stdout).toContain(`noteworth at ${await place('Partner')} `);
  });

  it('begins its own runs, and those of its API and pages, with the answer to the start', async () => {
    const answer = await fetch(`${await place('Pages')}/api/v1/syncs`, { method: 'POST' });
    const started = (await answer.json()) as Run;
    const first = (await itemsIn<Run>(dataDir, 'runs list')).at(-1);
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
      const { stdout } = await runIn(dataDir, 'schedules apply');
      expect(stdout).toMatch(/^noteworth +unchanged +provider-sync\.noteworth$/m);
    }
    const { stdout } = await runIn(dataDir, 'schedules list --json');
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
    expect((await runIn(dataDir, 'doctor')).code).toBe(0);
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
    const [names, runs] = await Promise.all([familyNames(dataDir), itemsIn<Run>(dataDir, 'runs list')]);
    expect(names.filter((name) => THEIR_FAMILIES.includes(name)).sort()).toEqual(THEIR_FAMILIES);
    expect(names.length).toBeGreaterThanOrEqual(20);
    expect(runs.map(({ trigger }) => trigger)).toEqual(['dev', 'api', 'cli', 'dev']);
  });

  it('recovers after a kill -9 in the middle of a run, and finishes that run', async () => {
    partner.reset();
    // The second call too takes longer than the next start of a sync, which is skipped.
    partner.script('providers', [
      { fault: 'slow', delayMs: 30_000 },
      { fault: 'slow', delayMs: 8_000 },
    ]);
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
    const runs = await itemsIn<Run>(dataDir, 'runs list');
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
