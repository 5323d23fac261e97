import { killCommands } from '../support/command';
import { expectWhole } from '../support/expect-stored';
import { serving, TEN } from '../support/people';
import { inScenario, until } from '../support/scenario';
import { directory } from '../support/system';
import { startWay } from '../support/way';

/*
 * Workers that are killed with SIGKILL at every point of a run. Each test has a partner, a database and a task queue of
 * its own. The tests run at the same time, because each lost activity takes its heartbeat timeout of 10 s.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;

describe('a worker that is killed', () => {
  it.concurrent(
    'before the run begins leaves the run to the next worker',
    inScenario({}, async (scenario) => {
      const { result } = await scenario.startRun();
      const first = await scenario.startWorker();
      await first.end('SIGKILL');
      await scenario.startWorkerHere();
      await expectWhole(scenario, await result);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'in openRun opens the run once',
    inScenario({}, async (scenario) => {
      const lock = await scenario.lock('sync_runs');
      const first = await scenario.startWorker();
      const { result } = await scenario.startRun();
      await until(() => scenario.isWaiting('INSERT INTO sync_runs'));
      await first.end('SIGKILL');
      await lock.release();
      await scenario.startWorkerHere();
      await expectWhole(scenario, await result);
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
    }),
    PATIENCE_MS,
  );

  for (const endpoint of ['auth', 'providers'] as const) {
    it.concurrent(
      `in its call to ${endpoint} costs that call and no other`,
      inScenario(
        endpoint === 'auth' ? { auth: ['hangForever'] } : { providers: ['hangForever', serving(...TEN)] },
        async (scenario) => {
          const first = await scenario.startWorker();
          const { result, run } = await scenario.startRun();
          await until(() => scenario.calls(endpoint) === 1);
          await first.end('SIGKILL');
          await scenario.startWorkerHere();
          await expectWhole(scenario, await result);
          const other = endpoint === 'auth' ? 'providers' : 'auth';
          expect([scenario.calls(endpoint), scenario.calls(other)]).toEqual([2, 1]);
          const ledger = (await run()).calls.filter((call) => call.endpoint === endpoint);
          expect(ledger.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
            [1, 'Interrupted'],
            [2, 'ok'],
          ]);
        },
      ),
      PATIENCE_MS,
    );
  }

  it.concurrent(
    'three times in a call leaves no fourth call',
    inScenario({ auth: ['hangForever', 'hangForever', 'hangForever', 'ok'] }, async (scenario) => {
      const { result, run } = await scenario.startRun();
      for (const call of [1, 2, 3]) {
        const worker = await scenario.startWorker();
        await until(() => scenario.calls('auth') === call);
        await worker.end('SIGKILL');
      }
      await scenario.startWorkerHere();
      await expect(result).rejects.toMatchObject({ cause: { type: 'WorkerLost' } });
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([3, 0]);
      expect(await run()).toMatchObject({ status: 'failed', failure: { type: 'WorkerLost' } });
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'in the transaction stores nothing; the next worker stores everything without another call',
    inScenario({}, async (scenario) => {
      const lock = await scenario.lock('providers');
      const first = await scenario.startWorker();
      const { result } = await scenario.startRun();
      await until(() => scenario.isWaiting('identity_version'));
      await first.end('SIGKILL');
      await lock.release();
      await until(async () => !(await scenario.isWaiting('identity_version')));
      expect(await directory(scenario.dataSource)).toEqual([]);
      await scenario.startWorkerHere();
      await expectWhole(scenario, await result);
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'after the commit, but before Temporal gets the result, has stored everything; the next worker stores nothing again',
    inScenario({}, async (scenario) => {
      const way = await startWay(process.env.TEST_TEMPORAL_ADDRESS ?? '');
      try {
        const lock = await scenario.lock('providers');
        const first = await scenario.startWorker(way.address);
        const { result, run } = await scenario.startRun();
        await until(() => scenario.isWaiting('identity_version'));
        way.cut();
        await lock.release();
        await until(async () => (await run()).status === 'succeeded');
        const { finishedAt } = await run();
        await first.end('SIGKILL');
        way.close();
        await scenario.startWorkerHere();
        await expectWhole(scenario, await result);
        expect((await run()).finishedAt).toBe(finishedAt);
        expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
      } finally {
        way.close();
      }
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'in closeRun leaves the record of the failure to the next worker',
    inScenario({ providers: ['unauthorized'] }, async (scenario) => {
      const first = await scenario.startWorker();
      scenario.simulator.script('auth', [{ fault: 'slow', delayMs: 5_000 }]);
      const { result, run } = await scenario.startRun();
      await until(() => scenario.calls('auth') === 1);
      const lock = await scenario.lock('sync_runs');
      await until(() => scenario.calls('providers') === 1);
      await until(() => scenario.isWaiting('UPDATE sync_runs'));
      await first.end('SIGKILL');
      await lock.release();
      await scenario.startWorkerHere();
      await expect(result).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
      expect(await run()).toMatchObject({ status: 'failed', failure: { type: 'RequestRejected' } });
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'while a second worker runs is replaced by it',
    inScenario({ providers: ['hangForever', serving(...TEN)] }, async (scenario) => {
      const workers = await Promise.all([scenario.startWorker(), scenario.startWorker()]);
      const { result } = await scenario.startRun();
      await until(() => scenario.calls('providers') === 1);
      // If the killed worker made the call, the other one repeats it; otherwise the call continues.
      await workers[0].end('SIGKILL');
      await expectWhole(scenario, await result);
      expect(scenario.calls('providers')).toBeLessThanOrEqual(3);
    }),
    PATIENCE_MS,
  );
});
