import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/**
 * What a running `npm start` tells other commands in the same DATA_DIR: the environment variables with which
 * they find its servers.
 */
const runningDevSchema = z.object({
  pid: z.int().positive(),
  environment: z.record(z.string(), z.string()),
});

/** Publishes the environment of this process's servers, readable by this user alone, since it holds secrets. */
export function publishRunningDev(dataDir: string, environment: Record<string, string>): void {
  writeFileSync(fileIn(dataDir), JSON.stringify({ pid: process.pid, environment }, null, 2), { mode: 0o600 });
}

export function withdrawRunningDev(dataDir: string): void {
  rmSync(fileIn(dataDir), { force: true });
}

/** The published environment, or an empty one where no `npm start` runs in this DATA_DIR. */
export function readRunningDev(dataDir: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(fileIn(dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  const { pid, environment } = runningDevSchema.parse(JSON.parse(text));
  return isAlive(pid) ? environment : {};
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
