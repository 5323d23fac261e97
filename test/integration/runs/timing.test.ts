import { labelOf, sumOf } from '../../../src/store/runs/explain-parts';
import { getRun, type RunWithCalls } from '../../../src/store/runs/read-runs';
import { startSync } from '../../../src/temporal/runs/start-sync';
import { until } from '../../support/scenario';
import { useSystem } from '../../support/system';

const system = useSystem({ deadline: '1m' });
beforeEach(() => system.dataSource.query('TRUNCATE sync_runs, providers CASCADE'));

/** The duration from the request to the end. */
function spanOf({ requestedAt, finishedAt }: RunWithCalls): number {
  return Date.parse(finishedAt ?? '') - Date.parse(requestedAt ?? '');
}

const steps = ({ parts }: RunWithCalls) =>
  parts.filter(({ kind }) => kind !== 'overhead').map((part) => labelOf(part));

describe('the parts of a run', () => {
  it('add up to its duration, if it succeeds after a retry', async () => {
    const { run } = await system.sync({ auth: ['error500'] });
    expect(steps(run)).toEqual([
      'Wait for a worker',
      'Claim the partner',
      'Authenticate, attempt 1 of 3',
      'Wait before the next attempt',
      'Authenticate, attempt 2 of 3',
      'Fetch providers, attempt 1 of 3',
      'Store',
    ]);
    expect(sumOf(run.parts)).toBe(spanOf(run));
    expect(run.parts.find(({ kind }) => kind === 'store')?.attempts).toBe(1);
    expect(run.parts.find(({ kind }) => kind === 'claim')?.attempts).toBe(1);
    expect(run.calls.every(({ scheduledAt, startedAt }) => (scheduledAt ?? '') <= startedAt)).toBe(true);
  });

  it('add up to its duration, if it fails', async () => {
    const { run } = await system.sync({ auth: ['error500', 'error500', 'error500'] });
    expect(run.status).toBe('failed');
    expect(steps(run).slice(-3)).toEqual([
      'Wait before the next attempt',
      'Authenticate, attempt 3 of 3',
      'Record the end',
    ]);
    expect(sumOf(run.parts)).toBe(spanOf(run));
  });

  it('add up to its duration, if it is cancelled or skipped', async () => {
    system.simulator.reset();
    system.simulator.script('auth', ['hangForever']);
    const start = { partner: 'noteworth', trigger: 'cli' } as const;
    const handle = await startSync(system.client, system.config.taskQueue, start);
    await until(() => system.calls('auth') === 1);
    const skipped = await startSync(system.client, system.config.taskQueue, start);
    await skipped.result();
    await handle.cancel();
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    for (const [id, last] of [
      [handle.workflowId, 'Record the end'],
      [skipped.workflowId, 'Claim the partner'],
    ] as const) {
      const run = await getRun(system.dataSource, id);
      if (!run) throw new Error('the run was not recorded');
      expect(steps(run).at(-1)).toBe(last);
      expect(sumOf(run.parts)).toBe(spanOf(run));
    }
  });

  it('count the attempts to store while Postgres refuses', async () => {
    await system.dataSource.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$`);
    await system.dataSource.query(
      'CREATE TRIGGER refuse BEFORE INSERT ON providers EXECUTE FUNCTION refuse()',
    );
    const refused = () => system.log().split('Database step failed').length > 2;
    try {
      const syncing = system.sync();
      await until(refused);
      await system.dataSource.query('DROP TRIGGER refuse ON providers');
      const { run } = await syncing;
      const storing = run.parts.find(({ kind }) => kind === 'store');
      expect(storing?.attempts).toBeGreaterThanOrEqual(2);
      // The waits between the attempts belong to the step: 0.5 s after the first one.
      expect(storing?.tookMs).toBeGreaterThanOrEqual(500);
      expect(sumOf(run.parts)).toBe(spanOf(run));
    } finally {
      await system.dataSource.query('DROP FUNCTION refuse CASCADE');
    }
  });
});
