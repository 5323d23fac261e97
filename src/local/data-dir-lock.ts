import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../process/expected-error';
import { readProcess } from './process-info';

export interface DataDirLock {
  release(): Promise<void>;
}

/** How the file is named by which a process claims a lock whose owner died. */
const CLAIM = 'dev.lock.after-';

/**
 * Makes this process the only owner of a data directory, which is created if it is missing. Take the lock
 * before starting a server in the directory. A lock whose owner was killed does not count.
 *
 * The lock is a file with its owner and a random token, so that no two locks have the same contents. A dead owner's
 * lock is replaced by the one process that created the claim on these contents. That is safe at any speed:
 * - A claim can be created once, because it is a hard link under a name that follows from the contents claimed.
 * - If its process dies too, the next one claims that claim.
 * - A process that claims too late finds another lock in place, because contents never come back.
 *
 * @throws ExpectedError if a living process owns the directory, or if it cannot be written
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const file = join(dataDir, 'dev.lock');
  const token = randomUUID();
  const draft = `${file}.${token}`;
  const { startedAt } = (await readProcess(process.pid)) ?? {};
  const owner = JSON.stringify({ pid: process.pid, startedAt, token });
  await writeDraft(draft, owner, dataDir);
  try {
    let taken = false;
    while (!taken) taken = (await linked(draft, file)) || (await replaced(file, draft, dataDir));
  } finally {
    await rm(draft, { force: true });
  }
  await removeClaims(dataDir);
  return {
    release: async () => {
      if ((await contents(file)) === owner) await rm(file, { force: true });
    },
  };
}

async function writeDraft(draft: string, owner: string, dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
    // Flushed, so that a crash of the machine leaves no lock without contents.
    await writeFile(draft, owner, { flush: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ExpectedError(
      `The data directory ${dataDir} cannot be written (${code}): set DATA_DIR to one that can.`,
      undefined,
      { cause: error },
    );
  }
}

/** A hard link either appears with its contents or fails: no process reads half a lock. */
async function linked(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Replaces a lock whose owner died; false if the lock changed meanwhile. */
async function replaced(file: string, draft: string, dataDir: string): Promise<boolean> {
  const found = await contents(file);
  const claim = found !== null && (await claimed(found, draft, dataDir));
  if (!claim) return false;
  // From here on only this process can replace what was found.
  if ((await contents(file)) === found) {
    await rename(draft, file);
    return true;
  }
  await rm(claim, { force: true });
  return false;
}

/** Claims what a dead owner left: its lock, or the last of the claims on it. Null if it is gone. */
async function claimed(found: string, draft: string, dataDir: string): Promise<string | null> {
  for (let left: string | null = found; left !== null; ) {
    await refuseLiving(left, dataDir);
    const claim = join(dataDir, `${CLAIM}${createHash('sha256').update(left).digest('hex')}`);
    if (await linked(draft, claim)) return claim;
    left = await contents(claim);
  }
  return null;
}

/** The owner of the lock needs no claim. One that is created late is removed by its own process, too. */
async function removeClaims(dataDir: string): Promise<void> {
  const claims = (await readdir(dataDir)).filter((name) => name.startsWith(CLAIM));
  await Promise.all(claims.map((name) => rm(join(dataDir, name), { force: true })));
}

async function refuseLiving(lock: string, dataDir: string): Promise<void> {
  const pid = await livingOwner(lock);
  if (pid === null) return;
  throw new ExpectedError(
    `Process ${pid} is already using the data directory ${dataDir}: stop it first, or set DATA_DIR to another directory.`,
  );
}

async function livingOwner(lock: string): Promise<number | null> {
  const { pid, startedAt } = parseOwner(lock);
  if (pid === undefined) return null;
  return (await readProcess(pid))?.startedAt === startedAt ? pid : null;
}

/** A lock that cannot be read, such as one that a crash of the machine left empty, has no owner. */
function parseOwner(lock: string): { pid?: number; startedAt?: string } {
  try {
    return JSON.parse(lock);
  } catch {
    return {};
  }
}

async function contents(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(ignoreMissing);
}

function ignoreMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
