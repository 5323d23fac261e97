import { randomUUID } from 'node:crypto';
import { getRun } from '../../src/store/runs/read-runs';
import { killCommands, runCommand } from '../support/command';
import { expectStored } from '../support/expect-stored';
import {
  callCounts,
  HANGS_IN_PROVIDERS,
  hangingIn,
  operate,
  runRows,
  startAnother,
  waitingForPostgres,
} from '../support/operator';
import { inScenario, type Scenario, until } from '../support/scenario';
import { openedRun } from '../support/store-fixtures';
import { temporal } from '../support/temporal-cli';

afterAll(killCommands);

const PATIENCE_MS = 300_000;

describe('simultaneous starts from different places with different workflow IDs', () => {
  it.concurrent(
    'are one run; the others are skipped and name it',
    inScenario({}, async (scenario) => {
      const lock = await scenario.lock('providers');
      await scenario.startWorkerHere();
      const command = runCommand(['sync', '--json'], scenario.env);
      const [client] = await Promise.all([
        scenario.startRun(),
        temporal(scenario, 'workflow', 'start', '--workflow-id', randomUUID()),
      ]);
      const skipped = async () => (await runRows(scenario)).filter(({ status }) => status === 'skipped');
      await until(async () => (await skipped()).length === 2);
      await lock.release();
      const { code, stdout } = await command;
      await client.result;
      const all = await runRows(scenario);
      const [winner, ...others] = all.filter(({ status }) => status === 'succeeded');
      expect(others).toEqual([]);
      expect((await skipped()).map(({ holder, calls: made }) => ({ holder, made }))).toEqual([
        { holder: winner?.id, made: [] },
        { holder: winner?.id, made: [] },
      ]);
      expect(callCounts(scenario)).toEqual([1, 1]);
      const said = JSON.parse(stdout);
      expect([said.status, code]).toEqual(said.id === winner?.id ? ['succeeded', 0] : ['skipped', 3]);
      await expectStored(scenario);
    }),
    PATIENCE_MS,
  );
});

describe('a run that is terminated', () => {
  it.concurrent(
    'in a hanging fetch aborts it and leaves the partner free',
    inScenario(HANGS_IN_PROVIDERS, async (scenario) => {
      const run = await hangingIn('providers', scenario);
      await operate(scenario, run, 'terminate', '--reason', 'the partner asked us to');
      expect(await startAnother(scenario)).toMatchObject({ status: 'succeeded' });
      await until(() => scenario.simulator.calls[1]?.ended === 'aborted');
      await until(async () => (await runRows(scenario))[0]?.calls.length === 2);
      expect(await runRows(scenario)).toMatchObject([
        { status: 'abandoned', failure: 'Abandoned', calls: ['auth 1 ok', 'providers 1 Interrupted'] },
        { status: 'succeeded', calls: ['auth 1 ok', 'providers 1 ok'] },
      ]);
      expect(callCounts(scenario)).toEqual([2, 2]);
      await expectStored(scenario);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'in its wait for Postgres stores nothing and leaves the partner free, although the step keeps waiting',
    inScenario({}, async (scenario) => {
      const { run, lock } = await waitingForPostgres(scenario);
      await operate(scenario, run, 'terminate');
      const another = startAnother(scenario);
      await until(async () => (await runRows(scenario)).length === 2);
      expect(await runRows(scenario)).toMatchObject([{ status: 'abandoned' }, { status: 'running' }]);
      await lock.release();
      expect(await another).toMatchObject({ status: 'succeeded' });
      expect((await runRows(scenario)).map(({ status }) => status)).toEqual(['abandoned', 'succeeded']);
      await expectStored(scenario);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'by its execution timeout leaves the partner free',
    inScenario(HANGS_IN_PROVIDERS, async (scenario) => {
      await scenario.startWorkerHere({ NOTEWORTH_DEADLINE: '1m' });
      const workflowId = randomUUID();
      await temporal(
        scenario,
        'workflow',
        'start',
        '--workflow-id',
        workflowId,
        '--execution-timeout',
        '10s',
      );
      await expect(scenario.client.workflow.getHandle(workflowId).result()).rejects.toThrow('timed out');
      expect(await startAnother(scenario)).toMatchObject({ status: 'succeeded' });
      expect(await runRows(scenario)).toMatchObject([
        { status: 'abandoned', failure: 'Abandoned' },
        { status: 'succeeded', calls: ['auth 1 ok', 'providers 1 ok'] },
      ]);
      await expectStored(scenario);
    }),
    PATIENCE_MS,
  );
});

describe('a run that is paused', () => {
  it.concurrent(
    'keeps its claim on the partner until it is resumed and ends',
    inScenario({ auth: ['error500'], ...HANGS_IN_PROVIDERS }, async (scenario) => {
      const run = await hangingIn('providers', scenario, '20s');
      await operate(scenario, run, 'pause', '--reason', 'a test');
      await sweeps(scenario, 2);
      const { id } = await run.run();
      const another = await startAnother(scenario);
      expect(another).toMatchObject({ status: 'skipped', holder: { id } });
      expect((await runRows(scenario)).find((row) => row.id === id)).toMatchObject({ status: 'running' });
      await operate(scenario, run, 'unpause');
      expect(await run.result).toMatchObject({ status: 'succeeded', id });
      expect(callCounts(scenario)).toEqual([2, 2]);
      await expectStored(scenario);
    }),
    PATIENCE_MS,
  );

  /** Waits for some sweeps of the workers: each abandons a run that Temporal never had. */
  async function sweeps({ dataSource }: Scenario, count: number): Promise<void> {
    for (let sweep = 1; sweep <= count; sweep++) {
      const id = await openedRun(dataSource, {
        partner: 'nobody',
        workflowId: `unknown to Temporal ${sweep}`,
      });
      await until(async () => (await getRun(dataSource, id))?.status === 'abandoned');
    }
  }
});
