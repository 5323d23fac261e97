import { randomUUID } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { killCommands, runCommand } from '../../support/command';
import { expectNothingLeft, newDataDir, processesIn, removeDataDirs, runIn, upDev } from '../../support/dev';
import { startPartner, THEIR_FAMILIES } from '../../support/dev-partner';
import { partnersFile } from '../../support/partners';
import { createTestDatabase } from '../../support/test-database';

jest.setTimeout(300_000);

afterAll(async () => {
  killCommands();
  await removeDataDirs();
});

describe("dev with the operator's own partners", () => {
  it('syncs each of them, and commands in another terminal use the same partners', async () => {
    const [dataDir, north, south] = await Promise.all([newDataDir(), startPartner(), startPartner()]);
    const PARTNERS_FILE = join(dataDir, 'theirs.yaml');
    await writeFile(
      PARTNERS_FILE,
      partnersFile([
        ['north', { baseUrl: `\${NORTH_URL}` }],
        ['south', { baseUrl: `\${SOUTH_URL}`, schedule: undefined }],
      ]),
    );
    // A proxy in the environment is not used for addresses of this machine.
    const env = { NORTH_URL: north.url, SOUTH_URL: south.url, http_proxy: 'http://127.0.0.1:1' };
    const dev = await upDev(dataDir, { PARTNERS_FILE, ...env });
    await dev.says(/Sync of north succeeded\. 10 received: 10 new/);
    await dev.says(/Sync of south succeeded\. 10 received: 10 new/);
    const scheduled = (await runIn(dataDir, 'schedules list')).stdout;
    expect(scheduled).toMatch(/^north +Every 366 days/m);
    expect(scheduled).toMatch(/^south +none/m);
    expect((await runIn(dataDir, 'schedules apply')).stdout).toMatch(/^north +unchanged/m);
    expect((await runIn(dataDir, 'doctor')).stdout).toMatch(/north at http/);
    expect((await runIn(dataDir, 'sync south')).code).toBe(0);
    const unnamed = await runIn(dataDir, 'sync');
    expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining('(north, south); name one') });
    expect(await dev.end('SIGTERM')).toMatchObject({ code: 0 });
    await Promise.all([north.close(), south.close()]);
  });
});

describe("dev with the operator's own servers", () => {
  it('starts no servers of its own, and stores the records of the partner', async () => {
    const [dataDir, database, partner] = await Promise.all([
      newDataDir(),
      createTestDatabase(),
      startPartner(),
    ]);
    const dev = await upDev(dataDir, {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
      TASK_QUEUE: randomUUID(),
      NOTEWORTH_BASE_URL: partner.url,
    });
    const found = await runCommand(['providers', 'list', '--json'], { DATABASE_URL: database.url });
    expect((await readdir(dataDir)).sort()).toEqual(['dev.json', 'dev.lock', 'payload-keys']);
    expect(await processesIn(dataDir)).toEqual([]);
    const { code } = await dev.end('SIGTERM');
    await Promise.all([database.drop(), partner.close()]);

    expect(code).toBe(0);
    const { items: providers } = JSON.parse(found.stdout);
    expect(providers.map(({ familyName }: { familyName: string }) => familyName)).toEqual(THEIR_FAMILIES);
    await expectNothingLeft(dataDir);
  });
});
