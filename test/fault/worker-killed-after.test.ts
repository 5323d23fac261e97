import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { openRun } from '../../src/store/runs/open-run';
import { killCommands } from '../support/command';
import { expectWhole, expectWholeAtOnce } from '../support/expect-stored';
import { serving, TEN } from '../support/people';
import { inScenario, type Scenario, type ScenarioOptions, type StartedRun, until } from '../support/scenario';
import { startWay, type Way } from '../support/way';

/*
 * Workers that are killed with SIGKILL after a step is done, before Temporal gets the result or before they get the
 * next task. The tests extend that moment by cutting the connection to Temporal, or only its way back.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
const SLOW = { fault: 'slow', delayMs: 5_000 } as const;
const ANSWERS = {
  auth: { auth: [SLOW] },
  providers: { providers: [SLOW, serving(...TEN)] },
} as const;
const ENDPOINTS = ['auth', 'providers'] as const;

/** A scenario with a first worker that reaches Temporal through a proxy of its own. */
function onTheWay(
  options: ScenarioOptions,
  test: (scenario: Scenario, way: Way, kill: () => Promise<void>) => Promise<void>,
): () => Promise<void> {
  return inScenario(options, async (scenario) => {
    const way = await startWay(process.env.TEST_TEMPORAL_ADDRESS ?? '');
    try {
      const first = await scenario.startWorker(way.address);
      await test(scenario, way, async () => {
        await first.end('SIGKILL');
        // The operating system does this for a killed process. Otherwise Temporal would still hand tasks to its polls.
        way.close();
      });
    } finally {
      way.close();
    }
  });
}

/** The number of activities whose completion Temporal knows. */
async function completed(handle: WorkflowHandle): Promise<number> {
  const { events = [] } = await handle.fetchHistory();
  return events?.filter((event) => event.activityTaskCompletedEventAttributes).length ?? 0;
}

/** Records a run as skipped, like a worker that finds the partner held. */
async function recordSkipped({ dataSource }: Scenario, run: { workflowId: string; temporalRunId: string }) {
  const start = { partner: 'noteworth', trigger: 'cli' } as const;
  await openRun(
    dataSource,
    { ...start, workflowId: 'the holder', temporalRunId: randomUUID() },
    async () => true,
  );
  await openRun(dataSource, { ...start, ...run }, async () => true);
}

/** A run whose row exists, while Temporal does not know the result of openRun. */
async function startUnreported(scenario: Scenario, way: Way): Promise<StartedRun> {
  const lock = await scenario.lock('sync_runs');
  const started = await scenario.startRun();
  await until(() => scenario.isWaiting('INSERT INTO sync_runs'));
  way.cut();
  await lock.release();
  await until(() => started.run().then(Boolean, () => false));
  return started;
}

describe('a worker that is killed', () => {
  it.concurrent(
    'after openRun, before Temporal gets the result, has opened the run; the next worker continues it',
    onTheWay({}, async (scenario, way, kill) => {
      const started = await startUnreported(scenario, way);
      const { id } = await started.run();
      await kill();
      await scenario.startWorkerHere();
      await expectWholeAtOnce(scenario, started);
      expect((await started.run()).id).toBe(id);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'after openRun, before Temporal gets the result, leaves a run that is cancelled alike in the table and in Temporal',
    onTheWay({}, async (scenario, way, kill) => {
      const started = await startUnreported(scenario, way);
      await kill();
      await started.handle.cancel();
      await scenario.startWorkerHere();
      await expect(started.result).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      expect((await started.run()).status).toBe('cancelled');
      expect(scenario.calls('auth')).toBe(0);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'after it recorded the run as skipped, before Temporal gets the result, leaves it skipped if it is cancelled then',
    inScenario({}, async (scenario) => {
      const { handle, result, run } = await scenario.startRun();
      const { runId } = await handle.describe();
      await recordSkipped(scenario, { workflowId: handle.workflowId, temporalRunId: runId });
      await handle.cancel();
      await scenario.startWorkerHere();
      expect(await result).toMatchObject({ status: 'skipped', holder: { workflowId: 'the holder' } });
      expect((await run()).status).toBe('skipped');
    }),
    PATIENCE_MS,
  );

  for (const endpoint of ENDPOINTS) {
    it.concurrent(
      `after its call to ${endpoint}, before Temporal gets the result, costs that call and no other`,
      onTheWay(ANSWERS[endpoint], async (scenario, way, kill) => {
        const { result, run } = await scenario.startRun();
        await until(() => scenario.calls(endpoint) === 1);
        way.cut();
        const outcomes = async () =>
          (await run()).calls.filter((call) => call.endpoint === endpoint).map((call) => call.outcome);
        await until(async () => (await outcomes()).length === 1);
        await kill();
        await scenario.startWorkerHere();
        await expectWhole(scenario, await result);
        const other = endpoint === 'auth' ? 'providers' : 'auth';
        expect([scenario.calls(endpoint), scenario.calls(other)]).toEqual([2, 1]);
        expect(await outcomes()).toEqual(['ok', 'ok']);
      }),
      PATIENCE_MS,
    );
  }

  it.concurrent(
    'after Temporal got the token leaves the token to the next worker',
    onTheWay({ providers: [serving(...TEN), serving(...TEN)] }, async (scenario, _way, kill) => {
      const { handle, result } = await scenario.startRun();
      await until(async () => (await completed(handle)) > 0);
      await kill();
      await scenario.startWorkerHere();
      await expectWhole(scenario, await result);
      expect(scenario.calls('auth')).toBe(1);
      // The worker may have been killed before the next call, during it, or after it.
      expect(scenario.calls('providers')).toBeLessThanOrEqual(2);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'after persistProviders, before the end of the run, leaves only the end to the next worker',
    onTheWay({}, async (scenario, way, kill) => {
      const lock = await scenario.lock('providers');
      const started = await scenario.startRun();
      await until(() => scenario.isWaiting('identity_version'));
      way.deafen();
      await lock.release();
      await until(async () => (await completed(started.handle)) === 3);
      const { finishedAt } = await started.run();
      await kill();
      await scenario.startWorkerHere();
      await expectWholeAtOnce(scenario, started);
      expect((await started.run()).finishedAt).toBe(finishedAt);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'after persistProviders, before Temporal gets the result, leaves the run succeeded if it is cancelled then',
    onTheWay({}, async (scenario, way, kill) => {
      const lock = await scenario.lock('providers');
      const started = await scenario.startRun();
      await until(() => scenario.isWaiting('identity_version'));
      way.cut();
      await lock.release();
      await until(async () => (await started.run()).status === 'succeeded');
      await kill();
      await started.handle.cancel();
      await scenario.startWorkerHere();
      await expectWholeAtOnce(scenario, started);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'after closeRun, before Temporal gets the result, has recorded the reason; the next worker ends the run in the same way',
    onTheWay({ auth: [SLOW], providers: ['unauthorized'] }, async (scenario, way, kill) => {
      const { result, run } = await scenario.startRun();
      await until(() => scenario.calls('auth') === 1);
      const lock = await scenario.lock('sync_runs');
      await until(() => scenario.isWaiting('UPDATE sync_runs'));
      way.cut();
      await lock.release();
      await until(async () => (await run()).status === 'failed');
      const { finishedAt } = await run();
      await kill();
      await scenario.startWorkerHere();
      await expect(result).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
      expect(await run()).toMatchObject({ finishedAt, failure: { type: 'RequestRejected' } });
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
    }),
    PATIENCE_MS,
  );
});
