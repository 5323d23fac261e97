import type { WorkflowHandle } from '@temporalio/client';
import { Client } from 'pg';
import { FAILURES } from '../../../src/contract/failures';
import { getRun } from '../../../src/store/runs/read-runs';
import { until } from '../../support/scenario';
import { openedRun } from '../../support/store-fixtures';
import { useSystem } from '../../support/system';

const system = useSystem({ deadline: '1m' });

/** Starts a run and waits until it hangs in its first call. */
async function hangingRun(
  workflowId: string,
  { workflowExecutionTimeout }: { workflowExecutionTimeout?: '10s' } = {},
) {
  system.simulator.reset();
  system.simulator.script('auth', ['hangForever', 'hangForever']);
  const handle = await system.client.workflow.start('syncProviders', {
    taskQueue: system.config.taskQueue,
    workflowId: `${system.config.taskQueue}-${workflowId}`,
    ...(workflowExecutionTimeout && { workflowExecutionTimeout }),
  });
  await until(() => system.calls('auth') === 1);
  return handle;
}

const run = (workflowId: string) => getRun(system.dataSource, workflowId);

/** Waits for the next sweep of the workers: it abandons a run that Temporal does not know. */
async function nextSweep(): Promise<void> {
  const id = await openedRun(system.dataSource, { partner: 'nobody', workflowId: 'unknown to Temporal' });
  await until(async () => (await run(id))?.status === 'abandoned');
}

describe('a run that ended without recording it', () => {
  it.each(['terminated', 'timed out'])('is abandoned even if no other run starts (%s)', async (how) => {
    const timesOut = how === 'timed out' ? ({ workflowExecutionTimeout: '10s' } as const) : {};
    const handle = await hangingRun(how, timesOut);
    expect((await run(handle.workflowId))?.status).toBe('running');
    if (how === 'terminated') await handle.terminate();
    await until(async () => (await run(handle.workflowId))?.status !== 'running');
    expect(await run(handle.workflowId)).toMatchObject({
      status: 'abandoned',
      finishedAt: expect.any(String),
      failure: { type: 'Abandoned', message: FAILURES.Abandoned.meaning },
    });
    await until(async () => (await run(handle.workflowId))?.calls[0]?.outcome === 'Interrupted');
  });
});

describe('a running run', () => {
  it('is not abandoned', async () => {
    const handle = await hangingRun('hanging');
    await nextSweep();
    expect((await run(handle.workflowId))?.status).toBe('running');
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect((await run(handle.workflowId))?.status).toBe('cancelled');
  });

  it('is not abandoned after a reset gave it a new run id while it stored', async () => {
    const locker = new Client({ connectionString: system.databaseUrl });
    await locker.connect();
    await locker.query('BEGIN; LOCK TABLE providers IN ACCESS EXCLUSIVE MODE');
    system.simulator.reset();
    const handle = await system.client.workflow.start('syncProviders', {
      taskQueue: system.config.taskQueue,
      workflowId: `${system.config.taskQueue}-reset`,
    });
    const lastActivity = async () =>
      (await handle.fetchHistory()).events?.findLast((event) => event.activityTaskScheduledEventAttributes)
        ?.activityTaskScheduledEventAttributes;
    await until(async () => (await lastActivity())?.activityType?.name === 'persistProviders');
    const opened = await run(handle.workflowId);
    const { runId } = await system.client.workflowService.resetWorkflowExecution({
      namespace: system.config.namespace,
      workflowExecution: { workflowId: handle.workflowId },
      workflowTaskFinishEventId: (await lastActivity())?.workflowTaskCompletedEventId ?? null,
      requestId: handle.workflowId,
    });
    await nextSweep();
    expect(await run(handle.workflowId)).toMatchObject({ id: opened?.id, status: 'running' });
    await locker.end();
    const reset = system.client.workflow.getHandle(handle.workflowId, runId);
    expect(await reset.result()).toMatchObject({ status: 'succeeded', id: opened?.id });
    expect([system.calls('auth'), system.calls('providers')]).toEqual([1, 1]);
  });
});

describe('a run that is cancelled while it opens', () => {
  it('is not left behind by its unfinished claim', async () => {
    system.simulator.reset();
    const locker = system.dataSource.createQueryRunner();
    await locker.startTransaction();
    await locker.query('LOCK TABLE sync_runs IN ACCESS EXCLUSIVE MODE');
    const handle = await system.client.workflow.start('syncProviders', {
      taskQueue: system.config.taskQueue,
      workflowId: `${system.config.taskQueue}-opening`,
    });
    await until(async () => {
      const [row] = await system.dataSource.query(
        `SELECT count(*)::int FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO sync_runs%'`,
      );
      return row.count > 0;
    });
    await handle.cancel();
    await until(() => reachedWorker(handle));
    await locker.rollbackTransaction();
    await locker.release();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    await nextSweep();
    // It has no row if the claim failed on the lock.
    expect([undefined, 'cancelled']).toContain((await run(handle.workflowId))?.status);
    expect(system.calls('auth')).toBe(0);
  });

  /** A cancellation reaches a workflow with its next task, which the SDK requests during a local activity. */
  async function reachedWorker(handle: WorkflowHandle): Promise<boolean> {
    const { events } = await handle.fetchHistory();
    const after = events?.findIndex((event) => event.workflowExecutionCancelRequestedEventAttributes) ?? -1;
    return after >= 0 && !!events?.slice(after).some((event) => event.workflowTaskStartedEventAttributes);
  }
});
