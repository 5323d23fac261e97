import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningCommand, startCommand } from './command';

const LAST_WORDS = /Stop +Ctrl-C/;
const directories: string[] = [];

/** An empty directory that the account of the embedded Postgres may enter. */
export async function newDataDir(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'provider-sync-dev-'));
  await chmod(directory, 0o755);
  directories.push(directory);
  return directory;
}

/** Removes the directories. Each `dev` must have ended. */
export async function removeDataDirs(): Promise<void> {
  await Promise.all(directories.map((directory) => rm(directory, { recursive: true, maxRetries: 5 })));
}

/** Starts `dev` with only the folder of its state, and the Temporal CLI that is used without a download. */
export function startDev(DATA_DIR: string, env: NodeJS.ProcessEnv = {}): RunningCommand {
  const { TEMPORAL_CLI_PATH } = process.env;
  // So rare that it does not disturb; a test that needs the schedule sets it.
  return startCommand(['dev'], { DATA_DIR, TEMPORAL_CLI_PATH, NOTEWORTH_SYNC_EVERY: '366d', ...env });
}

/** Starts `dev` and waits for its first sync. */
export async function upDev(dataDir: string, env: NodeJS.ProcessEnv = {}): Promise<RunningCommand> {
  const dev = startDev(dataDir, env);
  await dev.says(LAST_WORDS);
  return dev;
}

/** An address that `dev` printed under this name. */
export async function placeOf(dev: RunningCommand, name: string): Promise<string> {
  const [, address = ''] = await dev.says(new RegExp(`^  ${name} +(\\S+)$`, 'm'));
  return address;
}
