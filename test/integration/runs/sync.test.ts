import type { PartnerFailureType } from '../../../src/partner/call/partner-failure';
import type { Step } from '../../../src/simulator/simulator';
import { person, serving, TEN } from '../../support/people';
import { directory, useSystem } from '../../support/system';

const system = useSystem();
beforeEach(() => system.dataSource.query('TRUNCATE sync_runs, providers CASCADE'));

const outcomes = (run: { calls: readonly { endpoint: string; outcome: string }[] }, endpoint: string) =>
  run.calls.filter((call) => call.endpoint === endpoint).map((call) => call.outcome);

type Case = [Step, PartnerFailureType];
const retriedAtBoth: Case[] = [
  ['hang', 'PartnerTimeout'],
  ['hangForever', 'PartnerTimeout'],
  ['stall', 'PartnerTimeout'],
  ['error500', 'PartnerError'],
  [{ fault: 'status', status: 503, retryAfter: '0' }, 'PartnerBusy'],
  [{ fault: 'status', status: 429 }, 'PartnerBusy'],
  ['reset', 'PartnerUnreachable'],
  ['cutConnection', 'IncompleteResponse'],
];
const retriedAt: Record<'auth' | 'providers', Case[]> = {
  auth: [...retriedAtBoth, ['noToken', 'IncompleteResponse'], ['emptyToken', 'IncompleteResponse']],
  providers: [
    ...retriedAtBoth,
    ['cut', 'IncompleteResponse'],
    ['empty', 'IncompleteResponse'],
    ['html', 'IncompleteResponse'],
    ['notJson', 'IncompleteResponse'],
    ['noList', 'IncompleteResponse'],
    ['emptyList', 'IncompleteResponse'],
    [{ fault: 'shortList', count: 9 }, 'IncompleteResponse'],
  ],
};

describe.each(['auth', 'providers'] as const)('a fault of the %s endpoint', (endpoint) => {
  it.each(retriedAt[endpoint])('%j, twice, does not fail the run', async (step, type) => {
    const { run } = await system.sync({ [endpoint]: [step, step] });
    expect(run).toMatchObject({ status: 'succeeded', received: 10, inserted: 10 });
    expect(outcomes(run, endpoint)).toEqual([type, type, 'ok']);
    expect(system.calls(endpoint)).toBe(3);
  });

  it.each(retriedAt[endpoint])(
    '%j, three times, ends the run with its name after three calls',
    async (step, type) => {
      const { run, outcome } = await system.sync({ [endpoint]: [step, step, step] });
      expect(outcome).toEqual({ status: 'failed', failure: run.failure });
      expect(run).toMatchObject({
        status: 'failed',
        failure: { type, message: expect.stringContaining(type) },
      });
      expect(run.finishedAt).not.toBeNull();
      expect(system.calls(endpoint)).toBe(3);
      expect(await directory(system.dataSource)).toEqual([]);
    },
  );

  it.each<Case>([
    ['unauthorized', 'RequestRejected'],
    [{ fault: 'status', status: 404 }, 'RequestRejected'],
    [{ fault: 'redirect', location: '/providers' }, 'RequestRejected'],
    ['huge', 'ResponseTooLarge'],
    ['endless', 'ResponseTooLarge'],
    ['gzipBomb', 'ResponseTooLarge'],
  ])('%j is not repeated', async (step, type) => {
    const { run } = await system.sync({ [endpoint]: [step] });
    expect(run).toMatchObject({ status: 'failed', failure: { type } });
    expect(system.calls(endpoint)).toBe(1);
  });
});

describe('a rejected token', () => {
  it('that another program replaced is replaced by a new one of ours', async () => {
    const { run } = await system.sync({ providers: ['replaceToken', 'replaceToken'] });
    expect(run.status).toBe('succeeded');
    expect(outcomes(run, 'providers')).toEqual(['TokenRejected', 'TokenRejected', 'ok']);
    expect([system.calls('auth'), system.calls('providers')]).toEqual([3, 3]);
  });

  it('ends the run after three', async () => {
    const { run } = await system.sync({ providers: ['rejectToken', 'rejectToken', 'rejectToken'] });
    expect(run.failure?.type).toBe('TokenRejected');
    expect([system.calls('auth'), system.calls('providers')]).toEqual([3, 3]);
  });

  it('with other faults leads to at most three calls to each endpoint', async () => {
    const { run } = await system.sync({
      auth: ['error500', 'ok', 'hangForever'],
      providers: ['cut', 'replaceToken', 'error500'],
    });
    expect(run.status).toBe('failed');
    expect([system.calls('auth'), system.calls('providers')]).toEqual([3, 2]);
  });
});

describe('the directory', () => {
  it('keeps providers that a later answer leaves out', async () => {
    await system.sync({ providers: [serving(...TEN)] });
    await system.sync({
      providers: [serving(...TEN.map((one) => ({ ...one, name_given: `Bo ${one.name_given}` })))],
    });
    expect(await directory(system.dataSource)).toHaveLength(20);
  });

  it('keeps unknown fields and reports that they appeared', async () => {
    const { run } = await system.sync({
      providers: [serving(...TEN.slice(1), person('Ann 0', { npi: '1700' }))],
    });
    expect(run.unknownFields).toEqual(['npi']);
    const [row] = await system.dataSource.query(
      `SELECT attributes FROM providers WHERE given_name = 'Ann 0'`,
    );
    expect(row).toEqual({ attributes: { npi: '1700' } });
  });
});

describe('runs at the same time', () => {
  it('a run that Temporal no longer runs is abandoned at the next start, which gets the partner', async () => {
    system.simulator.reset();
    system.simulator.script('auth', ['hangForever', 'hangForever', 'hangForever']);
    const lost = await system.client.workflow.start('syncProviders', {
      taskQueue: system.config.taskQueue,
      workflowId: `${system.config.taskQueue}-lost`,
    });
    while (system.calls('auth') === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await lost.terminate();
    const { run } = await system.sync();
    expect(run.status).toBe('succeeded');
    const [row] = await system.dataSource.query(
      'SELECT status, failure_type FROM sync_runs WHERE workflow_id = $1',
      [lost.workflowId],
    );
    expect(row).toEqual({ status: 'abandoned', failure_type: 'Abandoned' });
  });
});

describe('a start with a name that no partner can have', () => {
  it('fails at once and records nothing', async () => {
    const started = system.client.workflow.execute('syncProviders', {
      taskQueue: system.config.taskQueue,
      workflowId: `${system.config.taskQueue}-unknown`,
      args: [{ partner: 'No Body' }],
    });
    await expect(started).rejects.toMatchObject({
      cause: { type: 'UnknownPartner', message: expect.stringContaining('noteworth') },
    });
    expect(await system.dataSource.query('SELECT 1 FROM sync_runs')).toEqual([]);
  });
});
