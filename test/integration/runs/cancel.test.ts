import { until } from '../../support/scenario';
import { useSystem } from '../../support/system';

const system = useSystem({ deadline: '1m' });

describe('a run that is cancelled in the middle of a request', () => {
  it.each(['auth', 'providers'] as const)('aborts it before the deadline (%s)', async (endpoint) => {
    system.simulator.reset();
    system.simulator.script(endpoint, ['hangForever']);
    const handle = await system.client.workflow.start('syncProviders', {
      taskQueue: system.config.taskQueue,
      workflowId: `${system.config.taskQueue}-${endpoint}`,
    });
    await until(() => system.calls(endpoint) === 1);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    await until(() => system.simulator.calls.at(-1)?.ended === 'aborted');
    expect(system.calls(endpoint)).toBe(1);
    const [row] = await system.dataSource.query(
      `SELECT status, failure_type, (SELECT array_agg(outcome ORDER BY endpoint, attempt) FROM partner_calls
         WHERE run_id = sync_runs.id) AS outcomes
       FROM sync_runs WHERE workflow_id = $1`,
      [handle.workflowId],
    );
    expect(row).toEqual({
      status: 'cancelled',
      failure_type: 'Cancelled',
      outcomes: endpoint === 'auth' ? ['Cancelled'] : ['ok', 'Cancelled'],
    });
  });

  it('keeps the earlier calls, even if none was in flight', async () => {
    system.simulator.reset();
    system.simulator.script('auth', [{ fault: 'status', status: 503, retryAfter: '30' }]);
    const handle = await system.client.workflow.start('syncProviders', {
      taskQueue: system.config.taskQueue,
      workflowId: `${system.config.taskQueue}-waiting`,
    });
    const calls = () =>
      system.dataSource.query(
        `SELECT outcome FROM partner_calls JOIN sync_runs ON id = partner_calls.run_id WHERE workflow_id = $1`,
        [handle.workflowId],
      );
    await until(async () => (await calls()).length > 0);
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    expect(await calls()).toEqual([{ outcome: 'PartnerBusy' }]);
  });

  it('frees the partner for the next run at once', async () => {
    expect((await system.sync()).run.status).toBe('succeeded');
  });
});
