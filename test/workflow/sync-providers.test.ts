import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { temporalFailure } from '../../activities/temporal-failure';
import type { Endpoint, PartnerCall } from '../../src/contract/call';
import { NamedFailure } from '../../src/contract/named-failure';
import type { PartnerFailureType } from '../../src/partner/call/partner-failure';
import { StoreConnectionError } from '../../src/store/postgres/store-failure';
import { ANSWER, COUNTS, ledger, run, typeOf, useTestEnvironment } from '../support/fake-run';

useTestEnvironment({ skipTime: true });

describe('a run without failures', () => {
  it('opens, authenticates, fetches and persists, each once', async () => {
    const { fake, result } = await run({});
    expect(result).toEqual({ status: 'succeeded', id: 'the-run', partner: 'noteworth', ...COUNTS });
    expect(fake.opened).toEqual([
      {
        trigger: 'temporal',
        requestedAt: expect.stringMatching(/Z$/),
        scheduledAt: expect.stringMatching(/Z$/),
        workflowId: expect.any(String),
        runId: expect.any(String),
      },
    ]);
    expect(fake.calls).toEqual([{ endpoint: 'auth' }, { endpoint: 'providers', token: 'token-1' }]);
    expect(fake.persisted).toEqual([
      { runId: 'the-run', partner: 'noteworth', answer: ANSWER, calls: expect.any(Array), approval: null },
    ]);
    expect(ledger(fake.persisted[0]?.calls)).toEqual([
      ['auth', 1, 'ok'],
      ['providers', 1, 'ok'],
    ]);
    expect(fake.closed).toEqual([]);
  });
});

describe('the calls to an endpoint', () => {
  it.each<Endpoint>(['auth', 'providers'])(
    'to %s are at most three: two retries, not two tries',
    async (endpoint) => {
      const ended = await run({ [endpoint]: ['PartnerError', 'PartnerTimeout', 'IncompleteResponse', 'ok'] });
      expect(ended.fake.count(endpoint)).toBe(3);
      expect(typeOf(ended)).toBe('IncompleteResponse');
      expect(ended.fake.persisted).toEqual([]);
      expect(ended.fake.closed).toMatchObject([
        { runId: 'the-run', status: 'failed', failure: { type: 'IncompleteResponse' } },
      ]);
      expect(ended.fake.closed[0]?.failure.message).toBe(
        `The ${endpoint} endpoint of noteworth failed 3 times: PartnerError (as the test has it), PartnerTimeout (as the test has it), IncompleteResponse (as the test has it).`,
      );
      expect(ledger(ended.fake.closed[0]?.calls).slice(-3)).toEqual([
        [endpoint, 1, 'PartnerError'],
        [endpoint, 2, 'PartnerTimeout'],
        [endpoint, 3, 'IncompleteResponse'],
      ]);
    },
  );

  it('may succeed at the third call to both endpoints', async () => {
    const { fake, result } = await run({
      auth: ['PartnerError', 'PartnerTimeout', 'ok'],
      providers: ['IncompleteResponse', 'PartnerUnreachable', 'ok'],
    });
    expect(result?.status).toBe('succeeded');
    expect([fake.count('auth'), fake.count('providers')]).toEqual([3, 3]);
    expect(ledger(fake.persisted[0]?.calls)).toEqual([
      ['auth', 1, 'PartnerError'],
      ['auth', 2, 'PartnerTimeout'],
      ['auth', 3, 'ok'],
      ['providers', 1, 'IncompleteResponse'],
      ['providers', 2, 'PartnerUnreachable'],
      ['providers', 3, 'ok'],
    ]);
  });

  it.each<PartnerFailureType>(['RequestRejected', 'ResponseTooLarge'])(
    'are not repeated after %s',
    async (type) => {
      const ended = await run({ providers: [type] });
      expect(typeOf(ended)).toBe(type);
      expect(ended.fake.count('providers')).toBe(1);
    },
  );

  it('to /auth are not repeated when only fetching fails', async () => {
    const { fake } = await run({ providers: ['PartnerError', 'PartnerError', 'PartnerError'] });
    expect(fake.count('auth')).toBe(1);
  });
});

describe('a rejected token', () => {
  it('leads to a new token, never to a second call with the same one', async () => {
    const { fake, result } = await run({ providers: ['TokenRejected', 'ok'] });
    expect(result?.status).toBe('succeeded');
    expect(fake.calls).toEqual([
      { endpoint: 'auth' },
      { endpoint: 'providers', token: 'token-1' },
      { endpoint: 'auth' },
      { endpoint: 'providers', token: 'token-2' },
    ]);
  });

  it('ends the run when three tokens were rejected', async () => {
    const ended = await run({ providers: ['TokenRejected', 'TokenRejected', 'TokenRejected', 'ok'] });
    expect(typeOf(ended)).toBe('TokenRejected');
    expect([ended.fake.count('auth'), ended.fake.count('providers')]).toEqual([3, 3]);
  });

  it('leads to new calls only within the three calls to each endpoint', async () => {
    const ended = await run({
      auth: ['PartnerError', 'ok', 'PartnerError', 'ok'],
      providers: ['PartnerError', 'TokenRejected', 'ok'],
    });
    expect(typeOf(ended)).toBe('PartnerError');
    expect([ended.fake.count('auth'), ended.fake.count('providers')]).toEqual([3, 2]);
    expect(ledger(ended.fake.closed[0]?.calls)).toEqual([
      ['auth', 1, 'PartnerError'],
      ['auth', 2, 'ok'],
      ['providers', 1, 'PartnerError'],
      ['providers', 2, 'TokenRejected'],
      ['auth', 3, 'PartnerError'],
    ]);
  });

  it('leads to no new token if no call to /providers is left', async () => {
    const ended = await run({ providers: ['PartnerError', 'PartnerError', 'TokenRejected'] });
    expect(typeOf(ended)).toBe('TokenRejected');
    expect([ended.fake.count('auth'), ended.fake.count('providers')]).toEqual([1, 3]);
  });
});

describe('an answer that cannot be used', () => {
  const { providers: _, ...refused } = ANSWER;
  const unusable = '10 of 10 records cannot be used: name_family is missing (10).';
  const calls: PartnerCall[] = [];

  it('ends the run without storing it, and passes the rejected records to the end of the run', async () => {
    const ended = await run(
      {},
      { changes: { fetchProviders: async ({ runId }) => ({ runId, answer: ANSWER, unusable, calls }) } },
    );
    expect(typeOf(ended)).toBe('UnusableAnswer');
    expect(ended.fake.persisted).toEqual([]);
    expect(ended.fake.closed).toMatchObject([
      {
        status: 'failed',
        failure: { type: 'UnusableAnswer', message: expect.stringContaining(unusable) },
        refused,
      },
    ]);
    expect(ended.fake.closed[0]?.refused).toEqual(refused);
  });

  it('ends the run in the same way if only persisting refuses it', async () => {
    const refusal = temporalFailure(new NamedFailure('UnusableAnswer', unusable));
    const ended = await run({}, { changes: { persistProviders: () => Promise.reject(refusal) } });
    expect(typeOf(ended)).toBe('UnusableAnswer');
    expect(ended.fake.closed).toMatchObject([{ failure: { type: 'UnusableAnswer' }, refused }]);
  });
});

describe('the input', () => {
  it.each([[[]], [[null]], [[{}]]])('%j leaves the choice of the partner to the worker', async (args) => {
    const { fake, result } = await run({}, { args });
    expect(result).toMatchObject({ status: 'succeeded', partner: 'noteworth' });
    expect(fake.opened[0]?.partner).toBeUndefined();
  });

  it('names the partner', async () => {
    const { fake, result } = await run({}, { args: [{ partner: 'north' }] });
    expect(result).toMatchObject({ status: 'succeeded', partner: 'north' });
    expect(fake.opened[0]?.partner).toBe('north');
  });

  it.each([
    [['noteworth']],
    [[5]],
    [[true]],
    [[['noteworth']]],
    [[{ partner: '' }]],
    [[{ partner: null }]],
    [[{ partner: 5 }]],
    [[{ partners: 'noteworth' }]],
    [[{ partner: 'noteworth' }, 'more']],
  ])('%j fails at once as InvalidInput', async (args) => {
    const ended = await run({}, { args });
    expect(typeOf(ended)).toBe('InvalidInput');
    expect(ended.failure?.message).toContain('Start it without input');
    expect(ended.fake.opened).toEqual([]);
  });
});

describe('a run whose partner is held by another', () => {
  it('ends as skipped, names the holder, and makes no call', async () => {
    const holder = { id: 'other', workflowId: 'other-workflow', runId: 'other-run' };
    const { fake, result } = await run(
      {},
      { changes: { openRun: async () => ({ status: 'skipped', id: 'the-run', searchable: false, holder }) } },
    );
    expect(result).toEqual({ status: 'skipped', id: 'the-run', partner: 'noteworth', holder });
    expect([fake.calls, fake.closed]).toEqual([[], []]);
  });
});

describe('an unavailable database', () => {
  it('is waited for, and the partner is not called again', async () => {
    let tries = 0;
    const away = temporalFailure(new StoreConnectionError(new Error('connect ECONNREFUSED')));
    const { fake, result } = await run(
      {},
      {
        changes: {
          persistProviders: async ({ runId }) => {
            tries += 1;
            if (tries < 50) throw away;
            return { runId, ...COUNTS };
          },
        },
      },
    );
    expect(away.type).toBe('StoreUnavailable');
    expect(result?.status).toBe('succeeded');
    expect(tries).toBe(50);
    expect([fake.count('auth'), fake.count('providers')]).toEqual([1, 1]);
  });

  it('is not waited for if it refuses the data', async () => {
    const refused = ApplicationFailure.create({ type: 'StoreRejected', message: 'no', nonRetryable: true });
    const ended = await run({}, { changes: { persistProviders: () => Promise.reject(refused) } });
    expect(typeOf(ended)).toBe('StoreRejected');
    expect(ended.fake.closed).toMatchObject([{ status: 'failed', failure: { type: 'StoreRejected' } }]);
  });
});

describe('an expected failure', () => {
  it('is benign, so that no worker logs it with a stack', async () => {
    const { failure } = await run({ providers: ['RequestRejected'] });
    expect((failure as ApplicationFailure).category).toBe(ApplicationFailureCategory.BENIGN);
  });
});
