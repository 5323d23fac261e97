import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../process/expected-error';
import { readProcess } from './process-info';

export interface DataDirLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only owner of a data directory, which is created where it is missing. Take the lock
 * before starting a server in the directory. A lock whose owner was killed does not count.
 *
 * @throws ExpectedError where a living process owns the directory, or where it cannot be written
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const file = join(dataDir, 'dev.lock');
  const draft = `${file}.${randomUUID()}`;
  const owner = JSON.stringify({ pid: process.pid, startedAt: (await readProcess(process.pid))?.startedAt });
  try {
    await mkdir(dataDir, { recursive: true });
    await writeFile(draft, owner);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ExpectedError(
      `The data directory ${dataDir} cannot be written (${code}): set DATA_DIR to one that can.`,
      undefined,
      { cause: error },
    );
  }
  try {
    while (!(await linked(draft, file))) await removeStale(file, dataDir);
  } finally {
    await rm(draft, { force: true });
  }
  return {
    release: async () => {
      if ((await contents(file)) === owner) await rm(file, { force: true });
    },
  };
}

/** A hard link either appears with its contents or fails: nobody sees half a lock. */
async function linked(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removeStale(file: string, dataDir: string): Promise<void> {
  const found = await contents(file);
  if (found === null) return;
  const pid = await livingOwner(found);
  if (pid !== null) {
    throw new ExpectedError(
      `Process ${pid} is already using the data directory ${dataDir}: stop it first, or set DATA_DIR to another directory.`,
    );
  }
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(ignoreMissing);
  const moved = await contents(aside);
  // Somebody else was quicker and what was moved is their new lock: give it back.
  if (moved !== null && moved !== found) await linked(aside, file);
  await rm(aside, { force: true });
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
