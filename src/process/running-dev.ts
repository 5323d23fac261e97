import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ExpectedError } from './expected-error';
import { writeSecretFile } from './secret-file';

/**
 * The file that a running `npm start` writes for other commands in the same DATA_DIR: the environment variables with
 * which they find its servers.
 */
const runningDevSchema = z.object({
  pid: z.int().positive(),
  environment: z.record(z.string(), z.string()),
});

/** Publishes the environment of this process's servers, readable by this user alone, since it holds secrets. */
export function publishRunningDev(dataDir: string, environment: Record<string, string>): void {
  writeSecretFile(fileIn(dataDir), JSON.stringify({ pid: process.pid, environment }, null, 2));
}

export function withdrawRunningDev(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}

/**
 * The published environment; empty if no `npm start` is running in this DATA_DIR.
 *
 * @throws ExpectedError if the file cannot be read
 */
export function readRunningDev(dataDir: string): Record<string, string> {
  const path = fileIn(dataDir);
  try {
    const { pid, environment } = runningDevSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return isAlive(pid) ? environment : {};
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return {};
    const reason = code === undefined ? 'is not what `npm start` wrote' : `cannot be read (${code})`;
    throw new ExpectedError(
      `${path} ${reason}; remove it, or set DATA_DIR to another directory.`,
      undefined,
      {
        cause: error,
      },
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'dev.json');
}
