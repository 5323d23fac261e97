import { setTimeout as sleep } from 'node:timers/promises';
import { killCommands, type RunningCommand, startCommand } from '../support/command';
import { expectStored } from '../support/expect-stored';
import { type KillableServer, startKillableServer } from '../support/killable-server';
import { serving, TEN } from '../support/people';
import {
  type Scenario,
  type ScenarioOptions,
  type StartedRun,
  startScenario,
  until,
} from '../support/scenario';

/*
 * Temporal is killed with SIGKILL and started again on its data, while the worker continues its work.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
/** After this silence Temporal gives an attempt, or a workflow task, to another worker. */
const HEARTBEAT_TIMEOUT_MS = 10_000;

/** A test in a scenario with a Temporal of its own. */
function withTemporal(
  options: ScenarioOptions,
  test: (scenario: Scenario, temporal: KillableServer) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const temporal = await startKillableServer('temporal');
    try {
      const scenario = await startScenario({ ...options, temporalAddress: temporal.address });
      try {
        await test(scenario, temporal);
      } finally {
        await scenario.end();
      }
    } finally {
      await temporal.end();
    }
  };
}

const calls = (scenario: Scenario) => [scenario.calls('auth'), scenario.calls('providers')];

const ledger = async (run: StartedRun) =>
  (await run.run()).calls.map(({ endpoint, attempt, outcome }) => `${endpoint} ${attempt} ${outcome}`);

/** The worker survived: it still stops in order on SIGTERM. */
async function expectAlive(worker: RunningCommand): Promise<void> {
  const { code, stderr } = await worker.end('SIGTERM');
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/\n\s+at |\\n\s+at /);
}

/** Checks the end of the run in the tables and in Temporal. */
async function expectSuccess(scenario: Scenario, run: StartedRun, worker: RunningCommand): Promise<void> {
  await until(async () => (await run.run()).status !== 'running');
  expect((await run.run()).failure).toBeNull();
  await expectStored(scenario);
  const { handle } = run;
  await until(async () => (await handle.describe().catch(() => null))?.status.name === 'COMPLETED');
  await expectAlive(worker);
}

describe('a Temporal that is killed and back before it misses a heartbeat,', () => {
  it.concurrent(
    'in every step of a run, costs neither the run nor a call nor the worker',
    withTemporal(
      {
        auth: [
          { fault: 'status', status: 503, retryAfter: '2' },
          { fault: 'slow', delayMs: 1000 },
        ],
        providers: [{ fault: 'slow', delayMs: 1000 }],
      },
      async (scenario, temporal) => {
        const answered = (call: number) => () => scenario.simulator.calls[call]?.ended === 'answered';
        let longest = 0;
        const outage = async (meanwhile: () => unknown = () => undefined) => {
          const begun = performance.now();
          await temporal.kill();
          await meanwhile();
          await temporal.start();
          longest = Math.max(longest, performance.now() - begun);
        };
        const run = await scenario.startRun();
        await outage(); // before the first workflow task

        const opening = await scenario.lock('sync_runs');
        const worker = await scenario.startWorker();
        await until(() => scenario.isWaiting('INSERT INTO sync_runs'));
        await outage(opening.release); // in openRun

        await until(answered(0));
        await outage(); // while a retry waits

        await until(() => scenario.calls('auth') === 2);
        await outage(() => until(answered(1))); // in authenticate

        const storing = await scenario.lock('providers');
        await until(() => scenario.calls('providers') === 1);
        await outage(() => until(answered(2))); // in fetchProviders

        await until(() => scenario.isWaiting('identity_version'));
        await outage(storing.release); // in persistProviders

        await expectSuccess(scenario, run, worker);
        if (longest < HEARTBEAT_TIMEOUT_MS / 2) expect(calls(scenario)).toEqual([2, 1]);
        // On a busy machine Temporal takes longer to start, and one or two calls are repeated.
        for (const made of calls(scenario)) expect(made).toBeLessThanOrEqual(3);
        expect(await scenario.dataSource.query('SELECT status FROM sync_runs')).toEqual([
          { status: 'succeeded' },
        ]);
      },
    ),
    PATIENCE_MS,
  );

  it.concurrent(
    'in closeRun, does not prevent the record of a failed run',
    withTemporal({ providers: ['unauthorized'] }, async (scenario, temporal) => {
      const worker = await scenario.startWorker();
      scenario.simulator.script('auth', [{ fault: 'slow', delayMs: 5_000 }]);
      const run = await scenario.startRun();
      await until(() => scenario.calls('auth') === 1);
      const lock = await scenario.lock('sync_runs');
      await until(() => scenario.isWaiting('UPDATE sync_runs'));
      await temporal.kill();
      await lock.release();
      await temporal.start();
      await expect(run.result).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
      expect(await run.run()).toMatchObject({ status: 'failed', failure: { type: 'RequestRejected' } });
      expect(await ledger(run)).toEqual(['auth 1 ok', 'providers 1 RequestRejected']);
      expect(calls(scenario)).toEqual([1, 1]);
      await expectAlive(worker);
    }),
    PATIENCE_MS,
  );
});

describe('a Temporal that is killed and away until heartbeats are missed,', () => {
  /** How long a slow call takes, in which a busy test has to kill Temporal. */
  const CALL_MS = 4_000;

  /**
   * Kills Temporal, waits for `meanwhile`, and starts Temporal when the attempts of before have timed out and the worker
   * no longer repeats the report of the call.
   */
  async function outage(temporal: KillableServer, meanwhile: () => unknown): Promise<void> {
    await temporal.kill();
    await Promise.all([meanwhile(), sleep(HEARTBEAT_TIMEOUT_MS + CALL_MS + 1_000)]);
    await temporal.start();
  }

  it.concurrent(
    'in openRun, opens the run once',
    withTemporal({}, async (scenario, temporal) => {
      const lock = await scenario.lock('sync_runs');
      const worker = await scenario.startWorker();
      const run = await scenario.startRun();
      await until(() => scenario.isWaiting('INSERT INTO sync_runs'));
      await outage(temporal, lock.release);
      await expectSuccess(scenario, run, worker);
      expect(await scenario.dataSource.query('SELECT status FROM sync_runs')).toHaveLength(1);
      expect(calls(scenario)).toEqual([1, 1]);
    }),
    PATIENCE_MS,
  );

  for (const endpoint of ['auth', 'providers'] as const) {
    it.concurrent(
      `in a call to ${endpoint}, costs another call, because the answer could not be reported`,
      withTemporal(
        {
          auth: endpoint === 'auth' ? [{ fault: 'slow', delayMs: CALL_MS }] : [],
          providers: endpoint === 'auth' ? [] : [{ fault: 'slow', delayMs: CALL_MS }, serving(...TEN)],
        },
        async (scenario, temporal) => {
          const worker = await scenario.startWorker();
          const run = await scenario.startRun();
          await until(() => scenario.calls(endpoint) === 1);
          await outage(temporal, () => until(() => scenario.simulator.calls.at(-1)?.ended === 'answered'));
          await expectSuccess(scenario, run, worker);
          expect(calls(scenario)).toEqual(endpoint === 'auth' ? [2, 1] : [1, 2]);
          expect(await ledger(run)).toEqual(
            endpoint === 'auth'
              ? ['auth 1 ok', 'auth 2 ok', 'providers 1 ok']
              : ['auth 1 ok', 'providers 1 ok', 'providers 2 ok'],
          );
        },
      ),
      PATIENCE_MS,
    );
  }

  it.concurrent(
    'in persistProviders, stores once and makes no further call; a client that stops watching reports that in one line',
    withTemporal({}, async (scenario, temporal) => {
      const worker = await scenario.startWorker();
      const lock = await scenario.lock('providers');
      const sync = startCommand(['sync'], scenario.env);
      await until(() => scenario.isWaiting('identity_version'));
      await outage(temporal, lock.release);
      const run = await scenario.startRun(`next-${scenario.taskQueue}`);
      await run.result;
      expect(
        await scenario.dataSource.query('SELECT status, inserted FROM sync_runs ORDER BY started_at'),
      ).toEqual([
        { status: 'succeeded', inserted: 10 },
        { status: 'succeeded', inserted: 0 },
      ]);
      expect(scenario.calls('auth')).toBe(2);
      const { code, stdout, stderr } = await sync.ended;
      if (code === 0) expect(stdout).toContain('succeeded');
      else expect(stderr).toMatch(/provider-sync: Temporal at \S+ did not answer as expected[^\n]*\n$/);
      await expectAlive(worker);
    }),
    PATIENCE_MS,
  );
});
