import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, WorkflowClient } from '@temporalio/client';
import { Client } from 'pg';
import { lockDataDir } from '../../../src/local/data-dir-lock';
import { findProgram, type Program } from '../../../src/local/find-program';
import { readProcess } from '../../../src/local/process-info';
import { createLogger } from '../../../src/process/logger';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import type { OwnerReport } from '../../support/local-owner';

const OWNER = join(PACKAGE_ROOT, 'dist', 'test', 'support', 'local-owner.js');
const CONTENDER = join(PACKAGE_ROOT, 'dist', 'test', 'support', 'lock-contender.js');
const log = createLogger('silent');

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

/** The content of a lock whose owner died. Linux gives this pid to no process. */
function deadOwner(): string {
  return JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1', token: randomUUID() });
}

/** Starts a process that locks directories and reports the results. */
function startContender(): (directory: string) => Promise<string> {
  const child = spawn(process.execPath, [CONTENDER], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return async (directory) => {
    child.stdin.write(`${directory}\n`);
    return (await lines.next()).value;
  };
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

/** Listens on a port, unless it is already in use. */
async function takePort(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error) => {
    if (error.code !== 'EADDRINUSE') throw error;
  });
  return server;
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
    const taken = await Promise.all([5432, 7233, 8233].map(takePort));
    const { child, postgres, temporal } = await startReady('temporal');
    expect(postgres.port).not.toBe(5432);
    expect(temporal?.address).not.toBe('127.0.0.1:7233');
    await stop(child);
    for (const server of taken) server.close();
  });

  it('are refused to a second owner while the first one is running', async () => {
    const first = await startReady();
    const { report } = await startOwner();
    expect(report).toEqual({ refused: expect.stringContaining('set DATA_DIR to another directory') });
    expect(await query(first.postgres.url, 'SELECT 1 AS value')).toEqual([{ value: 1 }]);
    await stop(first.child);
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

describe('the lock of a data directory', () => {
  it('is given to one of many callers that find a lock whose owner died', async () => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'dev.lock'), deadOwner());
    const locks = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(dataDir)));
    expect(locks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(dataDir)).toEqual(['dev.lock']);
  });

  it('is given to one of many processes that find it at the same moment', async () => {
    const contenders = Array.from({ length: 8 }, startContender);
    for (let round = 0; round < 25; round += 1) {
      const directory = join(scratch, String(round));
      await mkdir(directory);
      await writeFile(join(directory, 'dev.lock'), deadOwner());
      const outcomes = await Promise.all(contenders.map((lock) => lock(directory)));
      const refusals = outcomes.filter((outcome) => outcome !== 'taken');
      expect(refusals).toEqual(Array(7).fill(expect.stringContaining('is already using the data directory')));
      expect(await readdir(directory)).toEqual(['dev.lock']);
    }
  });

  it('is given to another process if the process that was replacing it died too', async () => {
    await mkdir(dataDir);
    const [lock, claim] = [deadOwner(), deadOwner()];
    const contentsOfLock = createHash('sha256').update(lock).digest('hex');
    await writeFile(join(dataDir, 'dev.lock'), lock);
    await writeFile(join(dataDir, `dev.lock.after-${contentsOfLock}`), claim);
    await (await lockDataDir(dataDir)).release();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('does not count if its pid now belongs to another process, or if it is unreadable', async () => {
    await mkdir(dataDir);
    for (const stale of [JSON.stringify({ pid: process.pid, startedAt: 'another time' }), '']) {
      await writeFile(join(dataDir, 'dev.lock'), stale);
      const lock = await lockDataDir(dataDir);
      await lock.release();
    }
    expect(await readdir(dataDir)).toEqual([]);
  });
});

describe('a program that may have to be downloaded', () => {
  let fetched: number;

  /** A script that answers like the program, after a source that never answers. */
  function program(overrides: Partial<Program> = {}): Program {
    return {
      fileName: 'tool',
      title: 'tool',
      version: '1.0.0',
      variable: 'TOOL_PATH',
      advice: 'install it',
      sources: [
        {
          id: 'broken',
          description: 'a host that is down',
          fetch: () => Promise.reject(new Error('no such host')),
        },
        {
          id: 'mirror',
          description: 'a mirror',
          fetch: async (directory) => {
            fetched += 1;
            return script(directory, 'good');
          },
        },
      ],
      flaw: async (path) => ((await readFile(path, 'utf8')).includes('good') ? null : 'is too old'),
      ...overrides,
    };
  }

  async function script(directory: string, text: string): Promise<string> {
    const path = join(directory, 'tool');
    await mkdir(directory, { recursive: true });
    await writeFile(path, text, { mode: 0o755 });
    return path;
  }

  const find = (env: NodeJS.ProcessEnv, wanted = program()) =>
    findProgram(wanted, { cacheDir: join(scratch, 'cache'), log, env });

  beforeEach(() => {
    fetched = 0;
  });

  it('is taken from its variable first; a wrong variable is an error', async () => {
    const path = await script(join(scratch, 'mine'), 'good');
    expect(await find({ TOOL_PATH: path })).toEqual({ path, origin: expect.stringContaining('TOOL_PATH') });
    await expect(find({ TOOL_PATH: join(scratch, 'nothing') })).rejects.toThrow(
      /^TOOL_PATH names .* is not an executable file/,
    );
  });

  it('is taken from the PATH, except one that is too old', async () => {
    await script(join(scratch, 'old'), 'old');
    const path = await script(join(scratch, 'new'), 'good');
    const PATH = [join(scratch, 'absent'), join(scratch, 'old'), join(scratch, 'new')].join(':');
    expect((await find({ PATH })).path).toBe(path);
  });

  it('is downloaded once, also by several processes at once, and its source is reported each time', async () => {
    const found = await Promise.all([find({}), find({})]);
    const before = fetched;
    found.push(await find({}));
    expect(new Set(found.map(({ path }) => path))).toEqual(
      new Set([join(scratch, 'cache', 'tool-1.0.0-mirror')]),
    );
    expect(new Set(found.map(({ origin }) => origin))).toEqual(new Set(['The tool 1.0.0 is a mirror.']));
    expect(fetched).toBe(before);
    expect(await readdir(join(scratch, 'cache'))).toEqual(['tool-1.0.0-mirror']);
  });

  it('is named with all sources that were tried if none has it', async () => {
    const useless = program({ sources: program().sources.slice(0, 1) });
    await expect(find({}, useless)).rejects.toThrow(/install it.*TOOL_PATH.*PATH.*no such host/s);
  });
});
