import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { lockDataDir } from '../../../src/local/data-dir-lock';
import { PACKAGE_ROOT } from '../../../src/process/package-root';

const CONTENDER = join(PACKAGE_ROOT, 'dist', 'test', 'support', 'lock-contender.js');

let scratch: string;
let dataDir: string;
const contenders = new Set<ChildProcess>();

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'provider-sync-lock-'));
  dataDir = join(scratch, 'data directory');
});

afterEach(async () => {
  await Promise.all([...contenders].map(end));
  contenders.clear();
  await rm(scratch, { recursive: true });
});

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.stdin?.end();
  await exited;
}

/** The content of a lock whose owner died. Linux gives this pid to no process. */
function deadOwner(): string {
  return JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1', token: randomUUID() });
}

/** Starts a process that locks directories and reports the results. */
function startContender(): (directory: string) => Promise<string> {
  const child = spawn(process.execPath, [CONTENDER], { stdio: ['pipe', 'pipe', 'inherit'] });
  contenders.add(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return async (directory) => {
    child.stdin.write(`${directory}\n`);
    return (await lines.next()).value;
  };
}

describe('the lock of a data directory', () => {
  it('is given to one of many callers that find a lock whose owner died', async () => {
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'dev.lock'), deadOwner());
    const locks = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(dataDir)));
    expect(locks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(dataDir)).toEqual(['dev.lock']);
  });

  it('is given to one of many processes that find it at the same moment', async () => {
    const locks = Array.from({ length: 8 }, startContender);
    for (let round = 0; round < 25; round += 1) {
      const directory = join(scratch, String(round));
      await mkdir(directory);
      await writeFile(join(directory, 'dev.lock'), deadOwner());
      const outcomes = await Promise.all(locks.map((lock) => lock(directory)));
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
