import { Context } from '@temporalio/activity';
import { callPartner } from '../../activities/call-partner';
import type { Activities } from '../../src/contract/activities';
import { PartnerFailure } from '../../src/partner/call/partner-failure';
import { ANSWER, CALLING, ledger, run, silence, typeOf, useTestEnvironment } from '../support/fake-run';
import { partnerWith } from '../support/partners';

// The tests run at the same time, because each lost call takes a heartbeat timeout. Skipped time would not allow it.
useTestEnvironment({ skipTime: false });

describe('a worker that is lost in a call', () => {
  it.concurrent('uses one of the three calls, which is recorded as interrupted', async () => {
    let lost = 0;
    const fetchProviders: Activities['fetchProviders'] = async (input) => {
      const { attempt } = Context.current().info;
      if (attempt < 3) {
        lost += 1;
        return silence();
      }
      const { report } = await callPartner(CALLING, 'providers', input, partnerWith(), async () => ANSWER);
      return { answer: ANSWER, ...report };
    };
    const { fake, result } = await run({}, { changes: { fetchProviders } });
    expect(lost).toBe(2);
    expect(result?.status).toBe('succeeded');
    expect(ledger(fake.persisted[0]?.calls)).toEqual([
      ['auth', 1, 'ok'],
      ['providers', 1, 'Interrupted'],
      ['providers', 2, 'Interrupted'],
      ['providers', 3, 'ok'],
    ]);
  });

  it.concurrent('in all three calls ends the run as WorkerLost', async () => {
    const ended = await run({}, { changes: { authenticate: silence } });
    expect(typeOf(ended)).toBe('WorkerLost');
    expect(ended.fake.closed).toMatchObject([{ status: 'failed', failure: { type: 'WorkerLost' } }]);
    expect(ledger(ended.fake.closed[0]?.calls)).toEqual([
      ['auth', 1, 'Interrupted'],
      ['auth', 2, 'Interrupted'],
      ['auth', 3, 'Interrupted'],
    ]);
  });

  it.concurrent('before the first heartbeat of the last call is recorded too', async () => {
    const fetchProviders: Activities['fetchProviders'] = async (input) => {
      if (Context.current().info.attempt === 3) return silence();
      const { report } = await callPartner(CALLING, 'providers', input, partnerWith(), async () => {
        throw new PartnerFailure('PartnerError', 'HTTP 500');
      });
      return { answer: ANSWER, ...report };
    };
    const ended = await run({}, { changes: { fetchProviders } });
    expect(typeOf(ended)).toBe('WorkerLost');
    expect(ledger(ended.fake.closed[0]?.calls)).toEqual([
      ['auth', 1, 'ok'],
      ['providers', 1, 'PartnerError'],
      ['providers', 2, 'PartnerError'],
      ['providers', 3, 'Interrupted'],
    ]);
  });
});
