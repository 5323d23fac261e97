import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProcess } from '../../src/local/process-info';
import { type RunningCommand, runCommand, runProgram, startCommand } from './command';

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

/** Runs a command that knows DATA_DIR and nothing else. */
export const runIn = (dataDir: string, args: string) => runCommand(args.split(' '), { DATA_DIR: dataDir });

/** The first items of a command that prints a list. */
export async function itemsIn<T>(dataDir: string, args: string): Promise<T[]> {
  const { stdout } = await runIn(dataDir, `${args} --json --limit 500`);
  return JSON.parse(stdout).items;
}

/** The processes of the embedded servers. */
export async function serverPids(dataDir: string): Promise<number[]> {
  const files = [join(dataDir, 'postgres/data/postmaster.pid'), join(dataDir, 'temporal/server.pid')];
  return Promise.all(files.map(async (file) => Number.parseInt(await readFile(file, 'utf8'), 10)));
}

/** Processes with the directory in their command line, as both servers have it. */
export async function processesIn(directory: string): Promise<string[]> {
  const pids =
    process.platform === 'linux'
      ? await readdir('/proc')
      : (await runProgram('ps', ['-ax', '-o', 'pid='])).stdout.split(/\s+/);
  const found = await Promise.all(
    pids.filter((pid) => /^\d+$/.test(pid)).map((pid) => readProcess(Number(pid))),
  );
  return found.flatMap((one) => (one?.command.includes(directory) ? one.command : []));
}

/** Expects that a `dev` that has ended left no process, lock or note. */
export async function expectNothingLeft(dataDir: string, pids: readonly number[] = []): Promise<void> {
  expect(await Promise.all(pids.map(readProcess))).toEqual(pids.map(() => null));
  expect(await processesIn(dataDir)).toEqual([]);
  const left = await readdir(dataDir);
  expect(left).not.toContain('dev.json');
  expect(left).not.toContain('dev.lock');
}
