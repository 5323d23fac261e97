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
