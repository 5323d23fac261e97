import { WorkflowFailedError } from '@temporalio/client';
import { partnersFile } from '../support/partners';
import { inScenario, type Scenario, until } from '../support/scenario';
import { startWorkerHereWithPartners } from '../support/worker-with-partners';

/*
 * A rolling restart that adds a partner: for a while some workers have a partners.yaml that names it, and others do
 * not.
 */

const PATIENCE_MS = 300_000;

/** Starts a worker whose partners.yaml has these partners. */
const startWorkerOf = (scenario: Scenario, ...names: string[]) =>
  startWorkerHereWithPartners(scenario, partnersFile(names.map((name) => [name, {}])));

const start = ({ client, taskQueue }: Scenario, partner: string, name = partner) =>
  client.workflow.start('syncProviders', {
    taskQueue,
    workflowId: `${name}-${taskQueue}`,
    args: [{ partner }],
  });

describe('a new partner in partners.yaml', () => {
  it.concurrent(
    'is synced by the workers that have it, whichever worker gets its runs first',
    inScenario({}, async (scenario) => {
      await Promise.all([
        startWorkerOf(scenario, 'noteworth'),
        startWorkerOf(scenario, 'noteworth', 'newcomer'),
      ]);
      for (const run of ['first', 'second', 'third', 'fourth']) {
        const handle = await start(scenario, 'newcomer', run);
        expect(await handle.result()).toMatchObject({ status: 'succeeded', partner: 'newcomer' });
      }
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([4, 4]);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'is waited for until the first worker has it',
    inScenario({}, async (scenario) => {
      const old = await startWorkerOf(scenario, 'noteworth');
      const handle = await start(scenario, 'newcomer');
      const timers = async () =>
        (await handle.fetchHistory()).events?.some((event) => event.timerStartedEventAttributes) ?? false;
      await until(timers);
      await startWorkerOf(scenario, 'noteworth', 'newcomer');
      await old.stop();
      expect(await handle.result()).toMatchObject({ status: 'succeeded', partner: 'newcomer' });
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'that no worker has after two minutes fails the run, once and on record',
    inScenario({}, async (scenario) => {
      await startWorkerOf(scenario, 'noteworth', 'other');
      const failed = start(scenario, 'newcomer').then((handle) => handle.result());
      const error = await failed.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      expect((error as WorkflowFailedError).cause).toMatchObject({
        type: 'UnknownPartner',
        message: expect.stringContaining('"newcomer" is none of: noteworth, other.'),
      });
      expect(
        await scenario.dataSource.query(
          'SELECT partner, status, failure_type, failure_message, finished_at IS NULL AS open FROM sync_runs',
        ),
      ).toEqual([
        {
          partner: 'newcomer',
          status: 'failed',
          failure_type: 'UnknownPartner',
          failure_message: expect.stringContaining('"newcomer" is none of: noteworth, other.'),
          open: false,
        },
      ]);
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([0, 0]);
    }),
    PATIENCE_MS,
  );
});

describe('a start in Temporal without a partner', () => {
  it.concurrent(
    'syncs the only partner, or the former default of several, or ends as InvalidInput',
    inScenario({}, async (scenario) => {
      const unnamed = async (id: string) =>
        scenario.client.workflow.execute('syncProviders', {
          taskQueue: scenario.taskQueue,
          workflowId: `${id}-${scenario.taskQueue}`,
        });
      const only = await startWorkerOf(scenario, 'north');
      expect(await unnamed('only')).toMatchObject({ status: 'succeeded', partner: 'north' });
      await only.stop();
      const former = await startWorkerOf(scenario, 'north', 'noteworth');
      expect(await unnamed('former')).toMatchObject({ status: 'succeeded', partner: 'noteworth' });
      await former.stop();
      await startWorkerOf(scenario, 'north', 'south', 'west');
      const error = await unnamed('several').catch((thrown: unknown) => thrown);
      expect((error as WorkflowFailedError).cause).toMatchObject({
        type: 'InvalidInput',
        message: expect.stringContaining('there are several: north, south, west.'),
      });
    }),
    PATIENCE_MS,
  );
});
