import { randomUUID } from 'node:crypto';
import type { RunStatus } from '../../src/contract/run';
import { getRun } from '../../src/store/runs/read-runs';
import { killCommands, runCommand } from '../support/command';
import { expectStored } from '../support/expect-stored';
import { serving, TEN } from '../support/people';
import { inScenario, type Scenario, type StartedRun, until } from '../support/scenario';
import { openedRun } from '../support/store-fixtures';
import { temporal } from '../support/temporal-cli';

/*
 * Operations of an operator on running workflows. The partner answers when the test allows it, and its count of calls
 * is compared with the ledger.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;

interface Row {
  readonly id: string;
  readonly status: RunStatus;
  readonly holder: string | null;
  readonly failure: string | null;
  /** Its calls in the ledger in short form: `auth 1 ok`. */
  readonly calls: readonly string[];
}

/** The runs in the order in which they began. */
function rows({ dataSource }: Scenario): Promise<Row[]> {
  return dataSource.query(
    `SELECT id, status, holder_id AS holder, failure_type AS failure,
       ARRAY(SELECT concat_ws(' ', endpoint, attempt, outcome) FROM partner_calls
         WHERE run_id = run.id ORDER BY started_at, endpoint, attempt) AS calls
     FROM sync_runs run ORDER BY started_at`,
  );
}

const calls = (scenario: Scenario) => [scenario.calls('auth'), scenario.calls('providers')];

const operate = (scenario: Scenario, { handle }: StartedRun, verb: string, ...args: string[]) =>
  temporal(scenario, 'workflow', verb, '--workflow-id', handle.workflowId, ...args);

/** A second start by another client under another workflow ID. */
async function startAnother(scenario: Scenario) {
  const another = await scenario.startRun(`another-${scenario.taskQueue}`);
  return another.result;
}

/** The run hangs in the call to the endpoint. */
async function hangingIn(endpoint: 'auth' | 'providers', scenario: Scenario): Promise<StartedRun> {
  await scenario.startWorker();
  const run = await scenario.startRun();
  await until(() => scenario.calls(endpoint) === 1);
  return run;
}

/** The run waits for a lock in the transaction that stores its answer. */
async function waitingForPostgres(scenario: Scenario) {
  await scenario.startWorker();
  const lock = await scenario.lock('providers');
  const run = await scenario.startRun();
  await until(() => scenario.isWaiting('identity_version'));
  return { run, lock };
}

const HANGS_IN_PROVIDERS = { providers: ['hangForever', serving(...TEN)] } as const;

describe('simultaneous starts from different places with different workflow IDs', () => {
  it.concurrent(
    'are one run; the others are skipped and name it',
    inScenario({}, async (scenario) => {
      const lock = await scenario.lock('providers');
      await scenario.startWorker();
      const command = runCommand(['sync', '--json'], scenario.env);
      const [client] = await Promise.all([
        scenario.startRun(),
        temporal(scenario, 'workflow', 'start', '--workflow-id', randomUUID()),
      ]);
      const skipped = async () => (await rows(scenario)).filter(({ status }) => status === 'skipped');
      await until(async () => (await skipped()).length === 2);
      await lock.release();
      const { code, stdout } = await command;
      await client.result;
      const all = await rows(scenario);
      const [winner, ...others] = all.filter(({ status }) => status === 'succeeded');
      expect(others).toEqual([]);
      expect((await skipped()).map(({ holder, calls: made }) => ({ holder, made }))).toEqual([
        { holder: winner?.id, made: [] },
        { holder: winner?.id, made: [] },
      ]);
      expect(calls(scenario)).toEqual([1, 1]);
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
      await until(async () => (await rows(scenario))[0]?.calls.length === 2);
      expect(await rows(scenario)).toMatchObject([
        { status: 'abandoned', failure: 'Abandoned', calls: ['auth 1 ok', 'providers 1 Interrupted'] },
        { status: 'succeeded', calls: ['auth 1 ok', 'providers 1 ok'] },
      ]);
      expect(calls(scenario)).toEqual([2, 2]);
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
      await until(async () => (await rows(scenario)).length === 2);
      expect(await rows(scenario)).toMatchObject([{ status: 'abandoned' }, { status: 'running' }]);
      await lock.release();
      expect(await another).toMatchObject({ status: 'succeeded' });
      expect((await rows(scenario)).map(({ status }) => status)).toEqual(['abandoned', 'succeeded']);
      await expectStored(scenario);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'by its execution timeout leaves the partner free',
    inScenario(HANGS_IN_PROVIDERS, async (scenario) => {
      await scenario.startWorker();
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
      expect(await rows(scenario)).toMatchObject([
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
      const run = await hangingIn('providers', scenario);
      await operate(scenario, run, 'pause', '--reason', 'a test');
      await sweeps(scenario, 2);
      const { id } = await run.run();
      const another = await startAnother(scenario);
      expect(another).toMatchObject({ status: 'skipped', holder: { id } });
      expect((await rows(scenario)).find((row) => row.id === id)).toMatchObject({ status: 'running' });
      await operate(scenario, run, 'unpause');
      expect(await run.result).toMatchObject({ status: 'succeeded', id });
      expect(calls(scenario)).toEqual([2, 2]);
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

describe('a run that is cancelled', () => {
  const CANCELLED = { cause: { name: 'CancelledFailure' } };

  for (const endpoint of ['auth', 'providers'] as const) {
    it.concurrent(
      `twice in its call to ${endpoint} aborts the call and leaves the partner free`,
      inScenario({ [endpoint]: ['hangForever'] }, async (scenario) => {
        const run = await hangingIn(endpoint, scenario);
        await Promise.all([operate(scenario, run, 'cancel'), operate(scenario, run, 'cancel')]);
        await expect(run.result).rejects.toMatchObject(CANCELLED);
        expect(scenario.simulator.calls.at(-1)).toMatchObject({ endpoint, ended: 'aborted' });
        expect(await startAnother(scenario)).toMatchObject({ status: 'succeeded' });
        expect(await rows(scenario)).toMatchObject([
          {
            status: 'cancelled',
            failure: 'Cancelled',
            calls: [...(endpoint === 'providers' ? ['auth 1 ok'] : []), `${endpoint} 1 Cancelled`],
          },
          { status: 'succeeded' },
        ]);
      }),
      PATIENCE_MS,
    );
  }

  it.concurrent(
    'in its wait for Postgres stores nothing',
    inScenario({}, async (scenario) => {
      const { run, lock } = await waitingForPostgres(scenario);
      await operate(scenario, run, 'cancel');
      await expect(run.result).rejects.toMatchObject(CANCELLED);
      await lock.release();
      expect(await rows(scenario)).toMatchObject([
        { status: 'cancelled', failure: 'Cancelled', calls: ['auth 1 ok', 'providers 1 ok'] },
      ]);
      expect(await scenario.dataSource.query('SELECT 1 FROM providers')).toEqual([]);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'before it has begun makes no call and stores nothing',
    inScenario({}, async (scenario) => {
      const run = await scenario.startRun();
      await operate(scenario, run, 'cancel');
      await scenario.startWorker();
      await expect(run.result).rejects.toMatchObject(CANCELLED);
      expect(await startAnother(scenario)).toMatchObject({ status: 'succeeded' });
      expect((await rows(scenario)).filter(({ status }) => status === 'running')).toEqual([]);
      expect(calls(scenario)).toEqual([1, 1]);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'while it claims the partner makes at most one call and leaves the partner free',
    inScenario({}, async (scenario) => {
      const lock = await scenario.lock('sync_runs');
      await scenario.startWorker();
      const run = await scenario.startRun();
      await until(() => scenario.isWaiting('INSERT INTO sync_runs'));
      await operate(scenario, run, 'cancel');
      await lock.release();
      await expect(run.result).rejects.toMatchObject(CANCELLED);
      expect(scenario.calls('auth')).toBeLessThanOrEqual(1);
      expect(scenario.calls('providers')).toBe(0);
      expect(await startAnother(scenario)).toMatchObject({ status: 'succeeded' });
      expect((await rows(scenario)).map(({ status }) => status)).toEqual(['cancelled', 'succeeded']);
    }),
    PATIENCE_MS,
  );
});

describe('a run that is reset', () => {
  /** The result of the workflow after the reset, under any run ID. */
  const resumed = ({ client }: Scenario, { handle }: StartedRun) =>
    client.workflow.getHandle(handle.workflowId).result();
  const reset = (scenario: Scenario, run: StartedRun, ...to: string[]) =>
    operate(scenario, run, 'reset', '--reason', 'a test', ...to);

  for (const type of ['FirstWorkflowTask', 'LastWorkflowTask']) {
    it.concurrent(
      `in its fetch (${type}) ends there and begins again, with three calls of its own`,
      inScenario({ providers: ['hangForever', 'error500', 'cut', serving(...TEN)] }, async (scenario) => {
        const run = await hangingIn('providers', scenario);
        await reset(scenario, run, '--type', type);
        expect(await resumed(scenario, run)).toMatchObject({ status: 'succeeded' });
        await until(async () => (await rows(scenario))[0]?.calls.length === 2);
        expect(await rows(scenario)).toMatchObject([
          { status: 'abandoned', calls: ['auth 1 ok', 'providers 1 Interrupted'] },
          {
            status: 'succeeded',
            calls: [
              'auth 1 ok',
              'providers 1 PartnerError',
              'providers 2 IncompleteResponse',
              'providers 3 ok',
            ],
          },
        ]);
        expect(calls(scenario)).toEqual([2, 4]);
        await expectStored(scenario);
      }),
      PATIENCE_MS,
    );
  }

  it.concurrent(
    'after it has failed (to the event before its fetch) claims the partner again before it calls',
    inScenario({ providers: ['unauthorized', serving(...TEN)] }, async (scenario) => {
      await scenario.startWorker();
      const run = await scenario.startRun();
      await expect(run.result).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
      await reset(scenario, run, '--event-id', await eventBeforeFetch(run));
      expect(await resumed(scenario, run)).toMatchObject({ status: 'succeeded' });
      expect(await rows(scenario)).toMatchObject([
        { status: 'failed', failure: 'RequestRejected', calls: ['auth 1 ok', 'providers 1 RequestRejected'] },
        { status: 'succeeded', calls: ['auth 1 ok', 'providers 1 ok'] },
      ]);
      expect(calls(scenario)).toEqual([2, 2]);
      await expectStored(scenario);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'after it has failed, while another holds the partner, is skipped and makes no call',
    inScenario({ providers: ['unauthorized', 'hangForever'] }, async (scenario) => {
      await scenario.startWorker();
      const run = await scenario.startRun();
      await expect(run.result).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
      const other = await scenario.startRun(randomUUID());
      await until(() => scenario.calls('providers') === 2);
      await reset(scenario, run, '--event-id', await eventBeforeFetch(run));
      const { id } = await other.run();
      expect(await resumed(scenario, run)).toMatchObject({ status: 'skipped', holder: { id } });
      expect(calls(scenario)).toEqual([2, 2]);
      expect((await rows(scenario)).map(({ status }) => status)).toEqual(['failed', 'running', 'skipped']);
      await other.handle.terminate();
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'in its wait for Postgres stores its answer without another call',
    inScenario({}, async (scenario) => {
      const { run, lock } = await waitingForPostgres(scenario);
      await reset(scenario, run, '--type', 'LastWorkflowTask');
      await lock.release();
      expect(await resumed(scenario, run)).toMatchObject({ status: 'succeeded', inserted: 10 });
      expect(await rows(scenario)).toMatchObject([
        { status: 'succeeded', calls: ['auth 1 ok', 'providers 1 ok'] },
      ]);
      expect(calls(scenario)).toEqual([1, 1]);
      await expectStored(scenario);
    }),
    PATIENCE_MS,
  );

  /** The workflow task that scheduled the fetch. */
  async function eventBeforeFetch({ handle }: StartedRun): Promise<string> {
    const { events } = await handle.fetchHistory();
    const fetch = events?.find(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'fetchProviders',
    );
    return String(fetch?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId);
  }
});
