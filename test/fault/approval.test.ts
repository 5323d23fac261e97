import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { killCommands } from '../support/command';
import { CUT_LIST, countListed, LIST, SNAPSHOTS } from '../support/held-run';
import { partnersFileWith } from '../support/partners';
import { serving } from '../support/people';
import { inScenario, type Scenario, type StartedRun, until } from '../support/scenario';
import { startWorkerHereWithPartners, startWorkerWithPartners } from '../support/worker-with-partners';

/*
 * Workers and connections that are lost while a snapshot waits for approval, and around the decision.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;

interface Held<Worker = unknown> extends StartedRun {
  readonly scenario: Scenario;
  /** The worker whose run waits. */
  readonly worker: Worker;
}

const PARTNERS = partnersFileWith(SNAPSHOTS);
const startProcess = (scenario: Scenario) => startWorkerWithPartners(scenario, PARTNERS);
const startHere = (scenario: Scenario) => startWorkerHereWithPartners(scenario, PARTNERS);

/** A run of such a worker that waits for the approval of its snapshot. */
function whileHeldBy<Worker>(
  start: (scenario: Scenario) => Promise<Worker>,
  test: (held: Held<Worker>) => Promise<void>,
): () => Promise<void> {
  return inScenario({ providers: [serving(...LIST), serving(...CUT_LIST)] }, async (scenario) => {
    const worker = await start(scenario);
    await (await scenario.startRun(`filling-${scenario.taskQueue}`)).result;
    const run = await scenario.startRun();
    await until(async () => (await run.handle.describe()).memo?.awaitingApproval != null);
    await test({ ...run, scenario, worker });
  });
}

async function expectApproved({ scenario, result, run }: Held): Promise<void> {
  expect(await result).toMatchObject({ status: 'succeeded', departed: LIST.length - CUT_LIST.length });
  expect(await run()).toMatchObject({
    status: 'succeeded',
    approval: { decision: { verdict: 'approved', by: 'zoe' } },
  });
  expect(await countListed(scenario)).toBe(CUT_LIST.length);
  // One call to each endpoint in each of the two runs.
  expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([2, 2]);
}

/** Sends the approval until it is accepted: just after a kill, Temporal still asks the killed worker. */
const approve = ({ handle }: StartedRun) =>
  until(() =>
    handle.executeUpdate<unknown, [unknown]>('approve', { args: [{ by: 'zoe' }] }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return false;
        throw error;
      },
    ),
  );

describe('a snapshot that waits for approval', () => {
  it.concurrent(
    'still waits after its worker was killed, and is stored by the next one once it is approved',
    whileHeldBy(startProcess, async (held) => {
      await held.worker.end('SIGKILL');
      await startHere(held.scenario);
      await approve(held);
      await expectApproved(held);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'is stored by the next worker when the first one is killed while it stores the approved snapshot',
    whileHeldBy(startProcess, async (held) => {
      const lock = await held.scenario.lock('providers');
      await approve(held);
      await until(() => held.scenario.isWaiting('providers'));
      await held.worker.end('SIGKILL');
      await lock.release();
      await startHere(held.scenario);
      await expectApproved(held);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'is stored when Postgres is back if it was unavailable at the approval',
    whileHeldBy(startHere, async (held) => {
      await held.scenario.dataSource.query('ALTER TABLE sync_runs RENAME TO hidden');
      await approve(held);
      await until(() => /The tables are not those of this version/.test(held.worker.log()));
      await held.scenario.dataSource.query('ALTER TABLE hidden RENAME TO sync_runs');
      await expectApproved(held);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'is rejected once if the worker is killed while it records that',
    whileHeldBy(startProcess, async (held) => {
      const lock = await held.scenario.lock('sync_runs');
      const rejecting = held.handle.executeUpdate('reject').catch(() => undefined);
      await until(() => held.scenario.isWaiting('UPDATE sync_runs'));
      await held.worker.end('SIGKILL');
      await lock.release();
      await startHere(held.scenario);
      await rejecting;
      // The decision may have been lost with the worker: Temporal stores it only after a worker accepted it.
      await held.handle.executeUpdate('reject').catch(() => undefined);
      await expect(held.result).rejects.toMatchObject({ cause: { type: 'SnapshotRejected' } });
      expect(await held.run()).toMatchObject({
        status: 'failed',
        failure: { type: 'SnapshotRejected' },
        approval: { decision: { verdict: 'rejected' } },
      });
      expect(await countListed(held.scenario)).toBe(LIST.length);
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'leaves the directory as it was when its workflow is terminated; the next run stores again',
    whileHeldBy(startHere, async (held) => {
      await held.handle.terminate();
      await until(async () => (await held.run()).status === 'abandoned');
      expect(await countListed(held.scenario)).toBe(LIST.length);
      held.scenario.simulator.script('providers', [serving(...LIST)]);
      expect(await (await held.scenario.startRun(`after-${held.scenario.taskQueue}`)).result).toMatchObject({
        status: 'succeeded',
        unchanged: LIST.length,
      });
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'still waits in a reset workflow, and is stored once when that is approved',
    whileHeldBy(startHere, async (held) => {
      const { scenario, handle } = held;
      const { events } = await handle.fetchHistory();
      const saved = events?.findLast((event) => event.activityTaskScheduledEventAttributes);
      const { runId } = await scenario.client.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: handle.workflowId },
        workflowTaskFinishEventId:
          saved?.activityTaskScheduledEventAttributes?.workflowTaskCompletedEventId ?? null,
        requestId: handle.workflowId,
      });
      const reset = scenario.client.workflow.getHandle(handle.workflowId, runId);
      await until(async () => (await reset.describe()).memo?.awaitingApproval != null);
      await approve({ ...held, handle: reset });
      const result = reset.result() as StartedRun['result'];
      await expectApproved({ ...held, result });
    }),
    PATIENCE_MS,
  );
});
