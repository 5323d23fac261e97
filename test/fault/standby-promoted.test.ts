import { getRun } from '../../src/store/runs/read-runs';
import { killCommands } from '../support/command';
import { type KillableServer, startKillableServer } from '../support/killable-server';
import { person, serving, TEN } from '../support/people';
import { inScenario, type Scenario, until } from '../support/scenario';
import { type Standby, startStandby } from '../support/standby';

/* A primary that is killed in the middle of a save. Its standby is promoted, and takes its address. */

jest.setTimeout(300_000);

/** Ten other people than those of the later answers. */
const EARLIER = Array.from({ length: 10 }, (_, number) => person(`Eve ${number}`));
/** With a record that is rejected, which a save writes after the providers. */
const ANSWERS = [serving(...EARLIER), serving(...TEN, {}), serving(...TEN, {})];

let primary: KillableServer;
let standby: Standby | undefined;

beforeEach(async () => {
  primary = await startKillableServer('postgres');
});
afterEach(async () => {
  await standby?.end();
  standby = undefined;
  await primary.end();
});
afterAll(killCommands);

const count = async ({ dataSource }: Scenario, table = 'providers') => {
  const [row] = await dataSource.query(`SELECT count(*)::integer AS count FROM ${table}`);
  return row.count;
};

const statusOf = async ({ dataSource, taskQueue }: Scenario, name: string) =>
  (await getRun(dataSource, `${name}-${taskQueue}`))?.status;

/** Stores a first answer, starts a standby, and a second run that stands in the middle of its save. */
async function holdSave(scenario: Scenario) {
  await scenario.startWorker();
  await (await scenario.startRun(`first-${scenario.taskQueue}`)).result;
  standby = await startStandby(primary);
  const lock = await scenario.lock('rejected_records');
  const second = await scenario.startRun(`second-${scenario.taskQueue}`);
  await until(() => scenario.isWaiting('rejected_records'));
  await until(standby.hasAll);
  return { standby, second, lock };
}

describe('a standby that is promoted', () => {
  it('gets the answer that was being saved, once and without another call', () =>
    inScenario({ databaseUrl: primary.url, providers: ANSWERS }, async (scenario) => {
      const { standby, second } = await holdSave(scenario);
      await primary.kill();
      await standby.promote();
      expect(await second.result).toMatchObject({ status: 'succeeded', inserted: 10, rejected: 1 });
      expect([await count(scenario), await count(scenario, 'rejected_records')]).toEqual([20, 1]);
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([2, 2]);
      expect(await statusOf(scenario, 'second')).toBe('succeeded');
    })());

  it('abandons the run whose end it did not receive, and is mended by the next run', () =>
    inScenario({ databaseUrl: primary.url, providers: ANSWERS }, async (scenario) => {
      const { standby, second, lock } = await holdSave(scenario);
      standby.fallBehind();
      await lock.release();
      expect(await second.result).toMatchObject({ status: 'succeeded', inserted: 10 });
      await primary.kill();
      await standby.promote();
      await until(async () => (await statusOf(scenario, 'second')) === 'abandoned');
      expect(await count(scenario)).toBe(10);
      const third = await scenario.startRun(`third-${scenario.taskQueue}`);
      expect(await third.result).toMatchObject({ status: 'succeeded', inserted: 10, rejected: 1 });
      expect([await count(scenario), await count(scenario, 'rejected_records')]).toEqual([20, 1]);
    })());
});
