import type { FetchProvidersInput } from '../../src/contract/activities';
import { COUNTS, ledger, PAGE_SIZE, run, typeOf, useTestEnvironment } from '../support/fake-run';

useTestEnvironment({ skipTime: true });

const staged = (pages: number, of = pages) => ({
  pages,
  received: pages * PAGE_SIZE,
  total: of * PAGE_SIZE,
  next: pages === of ? null : `after ${pages}`,
  mappingHash: 'hash',
});
const placeOf = ({ page, callsBefore, after, earlierCalls }: FetchProvidersInput) => ({
  page,
  callsBefore,
  after,
  earlierCalls: ledger(earlierCalls),
});

describe('an answer with three pages', () => {
  it('is fetched page after page with one token, and stored once', async () => {
    const { fake, result } = await run({}, { pages: 3 });
    expect(result).toEqual({ status: 'succeeded', id: 'the-run', partner: 'noteworth', ...COUNTS });
    expect(fake.calls).toEqual([
      { endpoint: 'auth' },
      { endpoint: 'providers', token: 'token-1' },
      { endpoint: 'providers', page: 2, token: 'token-1' },
      { endpoint: 'providers', page: 3, token: 'token-1' },
    ]);
    expect(fake.persisted).toEqual([
      { runId: 'the-run', partner: 'noteworth', staged: staged(3), calls: [], approval: null },
    ]);
  });

  it('hands each page to the next, and its calls to the store', async () => {
    const { fake } = await run({ auth: ['PartnerError'], providers: ['ok', 'PartnerError'] }, { pages: 3 });
    expect(fake.fetched.map(placeOf)).toEqual([
      {
        page: undefined,
        callsBefore: 0,
        after: undefined,
        earlierCalls: [
          ['auth', 1, 'PartnerError'],
          ['auth', 2, 'ok'],
        ],
      },
      { page: 2, callsBefore: 0, after: staged(1, 3), earlierCalls: [] },
      { page: 2, callsBefore: 0, after: staged(1, 3), earlierCalls: [] },
      { page: 3, callsBefore: 0, after: staged(2, 3), earlierCalls: [] },
    ]);
  });

  it('may take three calls to each endpoint for each page', async () => {
    const bad = ['PartnerError', 'IncompleteResponse', 'ok'] as const;
    const { fake, result } = await run({ auth: [...bad], providers: [...bad, ...bad, ...bad] }, { pages: 3 });
    expect(result?.status).toBe('succeeded');
    expect([fake.count('auth'), fake.count('providers')]).toEqual([3, 9]);
  });

  it('ends the run after three failed calls for one page, with the calls for this page', async () => {
    const bad = ['PartnerError', 'PartnerTimeout', 'IncompleteResponse'] as const;
    const ended = await run({ providers: ['PartnerError', 'ok', ...bad] }, { pages: 3 });
    expect(typeOf(ended)).toBe('IncompleteResponse');
    expect(ended.fake.persisted).toEqual([]);
    expect(ledger(ended.fake.closed[0]?.calls)).toEqual([
      ['providers', 2, 1, 'PartnerError'],
      ['providers', 2, 2, 'PartnerTimeout'],
      ['providers', 2, 3, 'IncompleteResponse'],
    ]);
    expect(ended.fake.closed[0]?.failure.message).toBe(
      'The providers endpoint of noteworth failed 3 times: PartnerError (as the test has it), PartnerTimeout (as the test has it), IncompleteResponse (as the test has it).',
    );
  });

  it('gets a new token for the page at which the token is rejected, and keeps it for the next one', async () => {
    const { fake, result } = await run({ providers: ['ok', 'TokenRejected', 'ok', 'ok'] }, { pages: 3 });
    expect(result?.status).toBe('succeeded');
    expect(fake.calls.slice(2)).toEqual([
      { endpoint: 'providers', page: 2, token: 'token-1' },
      { endpoint: 'auth', page: 2 },
      { endpoint: 'providers', page: 2, token: 'token-2' },
      { endpoint: 'providers', page: 3, token: 'token-2' },
    ]);
    expect(ledger(fake.fetched[2]?.earlierCalls)).toEqual([
      ['providers', 2, 1, 'TokenRejected'],
      ['auth', 2, 1, 'ok'],
    ]);
  });

  it('ends the run when three tokens were rejected for one page', async () => {
    const rejected = ['TokenRejected', 'TokenRejected', 'TokenRejected'] as const;
    const ended = await run({ providers: ['ok', ...rejected] }, { pages: 3 });
    expect(typeOf(ended)).toBe('TokenRejected');
    // One token for the first page, and two for the second: it began with the token of the first.
    expect([ended.fake.count('auth'), ended.fake.count('providers')]).toEqual([3, 4]);
  });

  it('ends the run if the result of a page belongs to another page', async () => {
    const fetchProviders = async ({ runId }: FetchProvidersInput) => ({
      runId,
      staged: staged(1, 3),
      calls: [],
    });
    const ended = await run({}, { changes: { fetchProviders } });
    expect(typeOf(ended)).toBe('InvalidResult');
    expect(ended.fake.persisted).toEqual([]);
  });
});

describe('a partner without tokens', () => {
  it('is called without one', async () => {
    const { fake, result } = await run({}, { pages: 2, limits: { authenticates: false } });
    expect(result?.status).toBe('succeeded');
    expect(fake.calls).toEqual([
      { endpoint: 'providers', token: null },
      { endpoint: 'providers', page: 2, token: null },
    ]);
  });

  it('is asked for one if it wants one after all', async () => {
    const ended = await run({ providers: ['TokenRejected', 'ok'] }, { limits: { authenticates: false } });
    expect(ended.fake.calls).toEqual([
      { endpoint: 'providers', token: null },
      { endpoint: 'auth' },
      { endpoint: 'providers', token: 'token-1' },
    ]);
  });
});
