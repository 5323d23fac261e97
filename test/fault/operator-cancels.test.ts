import { killCommands } from '../support/command';
import {
  callCounts,
  hangingIn,
  operate,
  runRows,
  startAnother,
  waitingForPostgres,
} from '../support/operator';
import { inScenario, until } from '../support/scenario';

afterAll(killCommands);

const PATIENCE_MS = 300_000;

describe('a run that is cancelled', () => {
  const CANCELLED = { cause: { name: 'CancelledFailure' } };

  for (const endpoint of ['auth', 'providers'] as const) {
    it.concurrent(
      `twice in its call to ${endpoint} aborts the call and leaves the partner free`,
      inScenario({ [endpoint]: ['hangForever'] }, async (scenario) => {
        const run = await hangingIn(endpoint, scenario);
        // The run cannot end between the two.
        const lock = await scenario.lock('sync_runs');
        await operate(scenario, run, 'cancel');
        await operate(scenario, run, 'cancel');
        await lock.release();
        await expect(run.result).rejects.toMatchObject(CANCELLED);
        await until(() => scenario.simulator.calls.at(-1)?.ended === 'aborted');
        expect(scenario.calls(endpoint)).toBe(1);
        expect(await startAnother(scenario)).toMatchObject({ status: 'succeeded' });
        expect(await runRows(scenario)).toMatchObject([
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
      expect(await runRows(scenario)).toMatchObject([
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
      await scenario.startWorkerHere();
      await expect(run.result).rejects.toMatchObject(CANCELLED);
      expect(await startAnother(scenario)).toMatchObject({ status: 'succeeded' });
      expect((await runRows(scenario)).filter(({ status }) => status === 'running')).toEqual([]);
      expect(callCounts(scenario)).toEqual([1, 1]);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'while it claims the partner makes at most one call and leaves the partner free',
    inScenario({}, async (scenario) => {
      const lock = await scenario.lock('sync_runs');
      await scenario.startWorkerHere();
      const run = await scenario.startRun();
      await until(() => scenario.isWaiting('INSERT INTO sync_runs'));
      await operate(scenario, run, 'cancel');
      await lock.release();
      await expect(run.result).rejects.toMatchObject(CANCELLED);
      expect(scenario.calls('auth')).toBeLessThanOrEqual(1);
      expect(scenario.calls('providers')).toBe(0);
      expect(await startAnother(scenario)).toMatchObject({ status: 'succeeded' });
      expect((await runRows(scenario)).map(({ status }) => status)).toEqual(['cancelled', 'succeeded']);
    }),
    PATIENCE_MS,
  );
});
