import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { getRun } from '../../src/store/runs/read-runs';
import { killCommands, runProgram } from '../support/command';
import { type KillableServer, startKillableServer } from '../support/killable-server';
import { person, serving, TEN } from '../support/people';
import { inScenario, type Scenario, until } from '../support/scenario';

/* A Postgres that is restored from a backup of its files. Temporal is then ahead of it. */

jest.setTimeout(300_000);

const SLOW = { fault: 'slow', delayMs: 4_000 } as const;

/** Ten other people than those of the later answers. */
const EARLIER = Array.from({ length: 10 }, (_, number) => person(`Eve ${number}`));

let server: KillableServer;

beforeAll(async () => {
  server = await startKillableServer('postgres');
});
afterAll(async () => {
  killCommands();
  await server.end();
});

/** Keeps the owner of the files, which Postgres checks. */
async function copyFiles(from: string, to: string): Promise<void> {
  expect(await runProgram('cp', ['-a', from, to])).toMatchObject({ code: 0 });
}

/** Copies the files while Postgres is stopped. */
async function backUp(): Promise<string> {
  const copy = `${server.dataDir}-backup`;
  await server.kill();
  await copyFiles(join(server.dataDir, 'postgres', 'data'), copy);
  await server.start();
  return copy;
}

async function restore(copy: string): Promise<void> {
  const data = join(server.dataDir, 'postgres', 'data');
  await server.kill();
  await rm(data, { recursive: true });
  await copyFiles(copy, data);
  await rm(copy, { recursive: true });
  await server.start();
}

const count = async ({ dataSource }: Scenario) => {
  const [row] = await dataSource.query('SELECT count(*)::integer AS count FROM providers');
  return row.count;
};

const isStored = async ({ dataSource, taskQueue }: Scenario, name: string) =>
  (await getRun(dataSource, `${name}-${taskQueue}`))?.status;

describe('a Postgres that is restored to an earlier moment', () => {
  it('abandons the run that it thinks is running, stores nothing of a run that it does not know, and is mended by the next run', () =>
    inScenario(
      { databaseUrl: server.url, providers: [serving(...EARLIER), SLOW, SLOW, serving(...TEN)] },
      async (scenario) => {
        await scenario.startWorker();
        const first = await scenario.startRun(`first-${scenario.taskQueue}`);
        await first.result;
        expect(await count(scenario)).toBe(10);

        const second = await scenario.startRun(`second-${scenario.taskQueue}`);
        await until(() => scenario.calls('providers') === 2);
        const copy = await backUp();
        expect(await second.result).toMatchObject({ status: 'succeeded' });

        const third = await scenario.startRun(`third-${scenario.taskQueue}`);
        await until(() => scenario.calls('providers') === 3);
        await restore(copy);
        await expect(third.result).rejects.toMatchObject({ cause: { type: 'RunSuperseded' } });
        expect(await count(scenario)).toBe(10);
        await until(async () => (await isStored(scenario, 'second')) === 'abandoned');
        expect(await isStored(scenario, 'third')).toBeUndefined();

        const fourth = await scenario.startRun(`fourth-${scenario.taskQueue}`);
        expect(await fourth.result).toMatchObject({ status: 'succeeded', received: 10, inserted: 10 });
        expect(await count(scenario)).toBe(20);
        expect(await isStored(scenario, 'first')).toBe('succeeded');
      },
    )());
});
