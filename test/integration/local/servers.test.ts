import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, WorkflowClient } from '@temporalio/client';
import { Client } from 'pg';
import { readProcess } from '../../../src/local/process-info';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import { holdPorts } from '../../support/held-ports';
import type { OwnerReport } from '../../support/local-owner';
import { until } from '../../support/scenario';

const OWNER = join(PACKAGE_ROOT, 'dist', 'test', 'support', 'local-owner.js');

/** Long enough for the download of the Temporal CLI, if this is the first test that needs it. */
jest.setTimeout(300_000);

let scratch: string;
let dataDir: string;
const children = new Set<ChildProcess>();
const serverPids = new Set<number>();

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'provider-sync-local-'));
  await chmod(scratch, 0o755);
  dataDir = join(scratch, 'data directory');
});

afterEach(async () => {
  await Promise.all([...children].map(kill));
  const leftOver = [];
  for (const pid of serverPids) if (await readProcess(pid)) leftOver.push(pid);
  for (const pid of leftOver) process.kill(pid, 'SIGKILL');
  children.clear();
  serverPids.clear();
  await rm(scratch, { recursive: true, maxRetries: 5 });
  expect(leftOver).toEqual([]);
});

type Ready = Exclude<OwnerReport, { refused: string }>;

/** Starts a process that owns the data directory, and returns its report. */
async function startOwner(...parts: 'temporal'[]) {
  const child = spawn(process.execPath, [OWNER, dataDir, ...parts], {
    cwd: PACKAGE_ROOT,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  children.add(child);
  const report: OwnerReport = JSON.parse(await firstLine(child.stdout));
  if (!('refused' in report)) {
    serverPids.add(report.postgres.pid);
    if (report.temporal) serverPids.add(report.temporal.pid);
  }
  return { child, report };
}

async function firstLine(stream: Readable): Promise<string> {
  for await (const line of createInterface(stream)) return line;
  throw new Error('The owner ended without a report.');
}

async function startReady(...parts: 'temporal'[]) {
  const { child, report } = await startOwner(...parts);
  if ('refused' in report) throw new Error(report.refused);
  return { child, ...report };
}

async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.stdin?.end();
  await exited;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function withWorkflows<T>(temporal: Ready['temporal'], use: (client: WorkflowClient) => Promise<T>) {
  const connection = await Connection.connect({ address: temporal?.address ?? '' });
  try {
    return await use(new WorkflowClient({ connection }));
  } finally {
    await connection.close();
  }
}

async function store({ postgres, temporal }: Ready): Promise<void> {
  await query(postgres.url, 'CREATE TABLE kept AS SELECT 1 AS value');
  await withWorkflows(temporal, (client) =>
    client.start('anything', { workflowId: 'kept', taskQueue: 'nobody-listens' }),
  );
}

async function expectStored({ postgres, temporal }: Ready): Promise<void> {
  expect(await query(postgres.url, 'SELECT value FROM kept')).toEqual([{ value: 1 }]);
  const kept = await withWorkflows(temporal, (client) => client.getHandle('kept').describe());
  expect(kept.status.name).toBe('RUNNING');
}

describe('the embedded servers', () => {
  it('keep their data when they are stopped and started again', async () => {
    const first = await startReady('temporal');
    await store(first);
    await stop(first.child);

    const second = await startReady('temporal');
    await expectStored(second);
    await stop(second.child);
  });

  it('are stopped and started again if a killed owner left them running', async () => {
    const killed = await startReady('temporal');
    await store(killed);
    await kill(killed.child);
    expect(await readProcess(killed.postgres.pid)).not.toBeNull();
    expect(await readProcess(killed.temporal?.pid ?? 0)).not.toBeNull();

    const healed = await startReady('temporal');
    expect(await readProcess(killed.postgres.pid)).toBeNull();
    expect(await readProcess(killed.temporal?.pid ?? 0)).toBeNull();
    await expectStored(healed);
    await stop(healed.child);
  });

  it('recover if everything was killed', async () => {
    const killed = await startReady('temporal');
    await store(killed);
    await kill(killed.child);
    for (const pid of serverPids) process.kill(pid, 'SIGKILL');

    const healed = await startReady('temporal');
    await expectStored(healed);
    await stop(healed.child);
  });

  it('leave a foreign process alone that has the pid of an earlier server, and start', async () => {
    const first = await startReady('temporal');
    await stop(first.child);
    const postmasterPid = join(dataDir, 'postgres', 'data', 'postmaster.pid');
    const { uid, gid } = await stat(join(dataDir, 'postgres', 'data'));
    const foreign = spawn('sleep', ['120'], process.getuid?.() === 0 ? { uid, gid } : {});
    children.add(foreign);
    await writeFile(postmasterPid, `${foreign.pid}\n${join(dataDir, 'postgres', 'data')}\n`);
    await writeFile(join(dataDir, 'temporal', 'server.pid'), String(foreign.pid));

    const second = await startReady('temporal');
    expect(foreign.exitCode).toBeNull();
    expect(await query(second.postgres.url, 'SELECT 1 AS value')).toEqual([{ value: 1 }]);
    await stop(second.child);
  });

  it('use the next free ports if theirs are taken', async () => {
    const held = await holdPorts([5432, 7233, 8233]);
    const { child, postgres, temporal } = await startReady('temporal');
    await stop(child);
    held.release();
    expect(held.ports).not.toContain(postgres.port);
    expect(held.ports).not.toContain(Number(temporal?.address.split(':')[1]));
  });

  it('are refused to a second owner while the first one is running', async () => {
    const first = await startReady();
    const { report } = await startOwner();
    expect(report).toEqual({ refused: expect.stringContaining('set DATA_DIR to another directory') });
    expect(await query(first.postgres.url, 'SELECT 1 AS value')).toEqual([{ value: 1 }]);
    await stop(first.child);
  });

  it('are written to the disk beside their first uses, if need be at a later start', async () => {
    const first = await startReady();
    const mark = join(dataDir, 'postgres', 'not-on-disk');
    const isMarked = () =>
      access(mark).then(
        () => true,
        () => false,
      );
    await until(async () => !(await isMarked()));
    await stop(first.child);

    await writeFile(mark, '');
    const second = await startReady();
    await until(async () => !(await isMarked()));
    expect(await query(second.postgres.url, 'SELECT 1 AS value')).toEqual([{ value: 1 }]);
    await stop(second.child);
  });

  it('say what to remove if a crash of the machine may have damaged a new database', async () => {
    const first = await startReady();
    await stop(first.child);
    await writeFile(join(dataDir, 'postgres', 'not-on-disk'), '');
    await truncate(join(dataDir, 'postgres', 'data', 'global', 'pg_control'));
    const { report } = await startOwner();
    const advice = `remove ${join(dataDir, 'postgres')} to begin with an empty database`;
    expect(report).toEqual({ refused: expect.stringContaining(advice) });
  });

  it('create the database again if that was interrupted', async () => {
    const interrupted = startOwner().catch(() => 'killed');
    const unfinished = async () => {
      const entries = await readdir(dataDir).catch(() => []);
      return entries.some((name) => name.startsWith('postgres.new-'));
    };
    while (!(await unfinished())) await sleep(5);
    await Promise.all([...children].map(kill));
    await Promise.race([interrupted, sleep(100)]);

    const second = await startReady();
    expect(await query(second.postgres.url, 'SELECT 1 AS value')).toEqual([{ value: 1 }]);
    expect(await unfinished()).toBe(false);
    await stop(second.child);
  });
});
