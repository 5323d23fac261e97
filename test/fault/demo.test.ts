import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readProcess } from '../../src/local/process-info';
import { killCommands, type RunningCommand, startCommand } from '../support/command';
import { newDataDir, removeDataDirs } from '../support/dev';
import { NO_LISTENER } from '../support/installation';

jest.setTimeout(400_000);

afterAll(async () => {
  killCommands();
  await removeDataDirs();
});

/** Starts the demo where the environment names servers that do not exist. */
function startDemo(DATA_DIR: string, ...options: string[]): RunningCommand {
  const { TEMPORAL_CLI_PATH } = process.env;
  const theirs = { DATABASE_URL: `postgres://${NO_LISTENER}/none`, TEMPORAL_ADDRESS: NO_LISTENER };
  return startCommand(['demo', ...options], { DATA_DIR, TEMPORAL_CLI_PATH, ...theirs });
}

async function workerIn(dataDir: string): Promise<number> {
  return JSON.parse(await readFile(join(dataDir, 'demo/worker.json'), 'utf8')).pid;
}

it('kills a worker between fetch and save, shows that the run waits, and ends it without another call', async () => {
  const dataDir = await newDataDir();
  const demo = startDemo(dataDir, '--exit');
  const [, address = ''] = await demo.says(/Watch it: (\S+)/);
  await demo.says(/Killed worker \d+ with SIGKILL while it was saving\. Stored: 0 providers/);
  await demo.says(/The run: waiting for a worker/);
  const page = await fetch(address, {
    headers: { Accept: 'text/html' },
    signal: AbortSignal.timeout(60_000),
  });
  expect(await page.text()).toContain('waiting for a worker');
  const { code, stdout } = await demo.ended;
  expect(stdout).toMatch(/Calls to the partner before the kill +1 to \/auth, 1 to \/providers\n/);
  expect(stdout).toMatch(/Calls to the partner after the kill +none\n/);
  expect(stdout).toMatch(/Providers stored at the end +10\n/);
  expect(stdout).toContain('As promised');
  expect(code).toBe(0);
  expect(await readdir(join(dataDir, 'demo'))).toEqual([]);
});

it('ends all that it started when it is interrupted', async () => {
  const dataDir = await newDataDir();
  const demo = startDemo(dataDir);
  await demo.says(/Watch it/);
  const worker = await workerIn(dataDir);
  const { code, stderr } = await demo.end('SIGINT');
  expect(code).toBe(0);
  // On a busy machine it may have warned that a server was slow.
  expect(stderr).not.toMatch(/"level":[56]0|\n\s+at /);
  expect(await readProcess(worker)).toBeNull();
  expect(await readdir(join(dataDir, 'demo'))).toEqual([]);
});

it('stops what a killed demo left, and begins anew', async () => {
  const dataDir = await newDataDir();
  const killed = startDemo(dataDir);
  await killed.says(/Watch it/);
  const worker = await workerIn(dataDir);
  await killed.end('SIGKILL');
  expect(await readProcess(worker)).not.toBeNull();
  const demo = startDemo(dataDir, '--exit');
  await demo.says(/Everything is running/);
  expect(await readProcess(worker)).toBeNull();
  expect(await demo.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('As promised') });
});
