import { randomBytes } from 'node:crypto';
import { adviseOn } from '../../../src/contract/failures';
import type { RunFailure, SyncResult } from '../../../src/contract/run';
import { until } from '../../support/scenario';
import { useSystem } from '../../support/system';

const MILLION = 1_000_000;

const LIMITS = { maxBytes: 32 * 2 ** 20, providers: { maximumCount: MILLION } };

const system = useSystem({ deadline: '30s', ...LIMITS }, undefined, ['other']);

function people(count: number, name: (number: number) => string) {
  return Array.from({ length: count }, (_, number) => ({
    name_given: name(number),
    name_family: 'Lee',
    title: 'NP',
    clinic: `Clinic ${number % 50}`,
  }));
}

const list = (record: string, count: number) => `{"providers":[${`${record},`.repeat(count - 1)}${record}]}`;
const advice = (failure: RunFailure | null) => (failure ? adviseOn(failure) : '');

describe('a large answer', () => {
  it('of ten thousand records passes through Temporal into the directory', async () => {
    const records = people(10_000, (number) => `Ann ${number}`);
    const { run } = await system.sync({ providers: [{ fault: 'records', records }] });
    expect(run).toMatchObject({ status: 'succeeded', received: 10_000, inserted: 10_000 });
  });

  it('that is too large for Temporal is staged, with one call', async () => {
    const records = people(40_000, () => randomBytes(60).toString('base64'));
    const { run } = await system.sync({ providers: [{ fault: 'records', records }] });
    expect(run).toMatchObject({ status: 'succeeded', received: 40_000, inserted: 40_000 });
    expect(system.calls('providers')).toBe(1);
  });

  it('of too many bytes ends the run after one call, and names maxBytes', async () => {
    const { run } = await system.sync({ providers: [{ fault: 'huge', bytes: 33 * 2 ** 20 }] });
    expect(run).toMatchObject({ status: 'failed', failure: { type: 'ResponseTooLarge' } });
    expect(advice(run.failure)).toContain('raise maxBytes');
    expect(system.calls('providers')).toBe(1);
  });

  it('of too many records ends the run after one call, and names maximumCount', async () => {
    const { run } = await system.sync({ providers: [{ fault: 'raw', body: list('0', MILLION + 1) }] });
    expect(run).toMatchObject({ status: 'failed', failure: { type: 'ResponseTooLarge' } });
    expect(advice(run.failure)).toContain('raise maximumCount');
    expect(system.calls('providers')).toBe(1);
  });

  it('of many tiny records is checked while the worker reports and serves another partner', async () => {
    const large = system.sync({ providers: [{ fault: 'raw', body: list('{}', 200_000) }] });
    await until(() => system.calls('providers') === 1);
    const other = (await system.client.workflow.execute('syncProviders', {
      taskQueue: system.config.taskQueue,
      workflowId: `${system.config.taskQueue}-other`,
      args: [{ partner: 'other' }],
    })) as SyncResult;
    expect(other).toMatchObject({ status: 'succeeded', received: 10 });
    const { run } = await large;
    expect(run).toMatchObject({ status: 'failed', failure: { type: 'UnusableAnswer' }, rejected: 200_000 });
    expect(run.calls.filter(({ endpoint }) => endpoint === 'providers')).toHaveLength(1);
  });

  it('that cannot be used ends the run by that name, and keeps all of its records', async () => {
    const { run } = await system.sync({ providers: [{ fault: 'raw', body: list('{"a":1}', 50_000) }] });
    expect(run).toMatchObject({ failure: { type: 'UnusableAnswer' }, rejected: 50_000 });
    const [{ count }] = await system.dataSource.query<[{ count: number }]>(
      'SELECT count(*)::int FROM rejected_records WHERE run_id = $1',
      [run.id],
    );
    expect(count).toBe(50_000);
  });

  it('is abandoned at once if its run is cancelled', async () => {
    system.simulator.reset();
    system.simulator.script('providers', [{ fault: 'raw', body: list('{}', MILLION) }]);
    const run = await system.client.workflow.start('syncProviders', {
      taskQueue: system.config.taskQueue,
      workflowId: `${system.config.taskQueue}-cancelled`,
    });
    await until(() => system.calls('providers') === 1);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  });
});
