import type { PartnerCall } from '../../../src/contract/call';
import { explainFailure } from '../../../src/contract/explain';

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
  it('is told once where each call went the same', () => {
    const silence = call('PartnerTimeout', 'no complete answer within 10 s');
    expect(explain(silence, silence, silence)).toBe(
      'No good answer from the providers endpoint of noteworth in 3 calls: each time PartnerTimeout (no complete answer within 10 s).',
    );
  });

  it('is told call by call where they differ', () => {
    expect(explain(call('PartnerError', 'HTTP 500'), call('PartnerTimeout'))).toBe(
      'No good answer from the providers endpoint of noteworth in 2 calls: PartnerError (HTTP 500), PartnerTimeout.',
    );
    expect(explain(call('PartnerTimeout'))).toBe(
      'No good answer from the providers endpoint of noteworth in 1 call: PartnerTimeout.',
    );
  });

  it('is told from the failure where no call was the cause', () => {
    expect(explain(call('ok'))).toBe('The partner gave no complete answer within the deadline. it hung');
  });
});
