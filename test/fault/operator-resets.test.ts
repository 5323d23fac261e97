import { randomUUID } from 'node:crypto';
import { killCommands } from '../support/command';
import { expectStored } from '../support/expect-stored';
import { callCounts, hangingIn, operate, runRows, waitingForPostgres } from '../support/operator';
import { serving, TEN } from '../support/people';
import { inScenario, type Scenario, type StartedRun, until } from '../support/scenario';

afterAll(killCommands);

const PATIENCE_MS = 300_000;

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
        await until(async () => (await runRows(scenario))[0]?.calls.length === 2);
        expect(await runRows(scenario)).toMatchObject([
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
        expect(callCounts(scenario)).toEqual([2, 4]);
        await expectStored(scenario);
      }),
      PATIENCE_MS,
    );
  }

  it.concurrent(
    'after it has failed (to the event before its fetch) claims the partner again before it calls',
    inScenario({ providers: ['unauthorized', serving(...TEN)] }, async (scenario) => {
      await scenario.startWorkerHere();
      const run = await scenario.startRun();
      await expect(run.result).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
      await reset(scenario, run, '--event-id', await eventBeforeFetch(run));
      expect(await resumed(scenario, run)).toMatchObject({ status: 'succeeded' });
      expect(await runRows(scenario)).toMatchObject([
        { status: 'failed', failure: 'RequestRejected', calls: ['auth 1 ok', 'providers 1 RequestRejected'] },
        { status: 'succeeded', calls: ['auth 1 ok', 'providers 1 ok'] },
      ]);
      expect(callCounts(scenario)).toEqual([2, 2]);
      await expectStored(scenario);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'after it has failed, while another holds the partner, is skipped and makes no call',
    inScenario({ providers: ['unauthorized', 'hangForever'] }, async (scenario) => {
      await scenario.startWorkerHere();
      const run = await scenario.startRun();
      await expect(run.result).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
      const other = await scenario.startRun(randomUUID());
      await until(() => scenario.calls('providers') === 2);
      await reset(scenario, run, '--event-id', await eventBeforeFetch(run));
      const { id } = await other.run();
      expect(await resumed(scenario, run)).toMatchObject({ status: 'skipped', holder: { id } });
      expect(callCounts(scenario)).toEqual([2, 2]);
      expect((await runRows(scenario)).map(({ status }) => status)).toEqual(['failed', 'running', 'skipped']);
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
      expect(await runRows(scenario)).toMatchObject([
        { status: 'succeeded', calls: ['auth 1 ok', 'providers 1 ok'] },
      ]);
      expect(callCounts(scenario)).toEqual([1, 1]);
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
