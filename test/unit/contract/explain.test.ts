import type { PartnerCall } from '../../../src/contract/call';
import { explainCounts, explainFailure, explainRefused } from '../../../src/contract/explain';

const call = (outcome: PartnerCall['outcome'], detail: string | null = null): PartnerCall => ({
  endpoint: 'providers',
  attempt: 1,
  startedAt: '2026-03-01T08:30:00.000Z',
  tookMs: 1,
  httpStatus: null,
  bytes: null,
  outcome,
  detail,
});
const explain = (...calls: PartnerCall[]) =>
  explainFailure('noteworth', { type: 'PartnerTimeout', detail: 'it hung' }, calls);

describe('why a run failed', () => {
  it('names the outcome once if all calls ended alike', () => {
    const silence = call('PartnerTimeout', 'no complete answer within 10 seconds');
    expect(explain(silence, silence, silence)).toBe(
      'The providers endpoint of noteworth failed 3 times with PartnerTimeout (no complete answer within 10 seconds).',
    );
  });

  it('lists the outcomes if they differ', () => {
    expect(explain(call('PartnerError', 'HTTP 500'), call('PartnerTimeout'))).toBe(
      'The providers endpoint of noteworth failed 2 times: PartnerError (HTTP 500), PartnerTimeout.',
    );
    expect(explain(call('PartnerTimeout'))).toBe(
      'The providers endpoint of noteworth failed once with PartnerTimeout.',
    );
  });

  it('is the meaning of the failure if no call was the cause', () => {
    expect(explain(call('ok'))).toBe('The partner gave no complete answer within the deadline. it hung');
  });
});

describe('the counts of a run', () => {
  const counts = {
    received: 4010,
    inserted: 11,
    updated: 1057,
    unchanged: 2942,
    duplicates: 1,
    rejected: 1003,
    departed: 0,
  };

  it('have separators, and leave out what did not happen', () => {
    expect(explainCounts(counts)).toBe(
      '4,010 received: 11 new, 1,057 changed, 2,942 unchanged, 1 duplicate, 1,003 rejected',
    );
    expect(explainRefused(counts)).toBe('4,010 received, none stored: 1,003 rejected, 1 duplicate');
  });
});
