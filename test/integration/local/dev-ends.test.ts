import { setTimeout as sleep } from 'node:timers/promises';
import { killCommands, type RunningCommand } from '../../support/command';
import {
  expectNothingLeft,
  newDataDir,
  placeOf,
  removeDataDirs,
  serverPids,
  startDev,
  upDev,
} from '../../support/dev';

jest.setTimeout(300_000);

afterAll(async () => {
  killCommands();
  await removeDataDirs();
});

describe('dev that loses one of its servers', () => {
  it.each(['PostgreSQL', 'The Temporal dev server'])('ends, and names the server: %s', async (name) => {
    const dataDir = await newDataDir();
    const dev = await upDev(dataDir);
    const [postgres = 0, temporal = 0] = await serverPids(dataDir);
    process.kill(name === 'PostgreSQL' ? postgres : temporal, 'SIGKILL');
    const { code, stderr } = await dev.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^provider-sync: ${name} was ended by SIGKILL`, 'm'));
    await expectNothingLeft(dataDir, [dev.pid, postgres, temporal]);
  });
});

describe('dev, started twice at the same moment', () => {
  it('uses different ports each time', async () => {
    const directories = await Promise.all([newDataDir(), newDataDir()]);
    const both = directories.map((directory) => startDev(directory));
    const pages = await Promise.all(both.map((dev) => placeOf(dev, 'Pages')));
    expect(new Set(pages).size).toBe(2);
    for (const address of pages) expect((await fetch(`${address}/healthz`)).status).toBe(200);
    const ended = await Promise.all(both.map((dev) => dev.end('SIGINT')));
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  });
});

describe('dev that is interrupted while it starts', () => {
  async function interrupt(waitFor: (dev: RunningCommand) => Promise<unknown>) {
    const dataDir = await newDataDir();
    const dev = startDev(dataDir);
    await waitFor(dev);
    const { code, stdout, stderr } = await dev.end('SIGINT');
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/^ +at /m);
    await expectNothingLeft(dataDir, [dev.pid]);
    return code;
  }

  it.each([300, 900, 1_500, 2_200])('leaves nothing behind after %i ms', async (delay) => {
    // Before the code of `dev` is loaded, the signal itself ends the process.
    expect([0, null]).toContain(await interrupt(() => sleep(delay)));
  });

  it('leaves nothing behind in the middle of the first sync', async () => {
    expect(await interrupt((dev) => dev.says(/"msg":"Run opened"/))).toBe(0);
  });
});
