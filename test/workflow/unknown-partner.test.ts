import { callPartner, findForCall } from '../../activities/call-partner';
import { temporalFailure } from '../../activities/temporal-failure';
import type { Activities, OpenRunInput } from '../../src/contract/activities';
import { PartnerFailure } from '../../src/partner/call/partner-failure';
import { UnknownPartnerError } from '../../src/partner/config/choose-partner';
import {
  CALLING,
  COUNTS,
  FakeActivities,
  ledger,
  run,
  typeOf,
  useTestEnvironment,
} from '../support/fake-run';
import { partnerWith } from '../support/partners';

/*
 * During a rolling restart some workers have an older partners.yaml. A step of the run may reach a worker that does not
 * know the partner.
 */

useTestEnvironment({ skipTime: true });

const UNKNOWN = new UnknownPartnerError('north', ['noteworth']);
const doesNotKnow = () => {
  throw UNKNOWN;
};
const args = [{ partner: 'north' }];
const fake = new FakeActivities({ auth: [], providers: [] });

/** An openRun whose worker knows the partner from the given try on. */
function openingFrom(known: number) {
  const tries: OpenRunInput[] = [];
  const openRun: Activities['openRun'] = async (input) => {
    tries.push(input);
    if (tries.length < known) throw temporalFailure(UNKNOWN);
    return fake.activities.openRun(input);
  };
  return { tries, openRun };
}

describe('a partner that some workers do not know', () => {
  it('is claimed by a worker that knows it', async () => {
    const { tries, openRun } = openingFrom(4);
    const { result } = await run({}, { args, changes: { openRun } });
    expect(result).toEqual({ status: 'succeeded', id: 'the-run', partner: 'north', ...COUNTS });
    expect(tries.map(({ isLastTry }) => isLastTry ?? false)).toEqual([false, false, false, false]);
  });

  it('ends the run as UnknownPartner after two minutes, and the last try records that', async () => {
    const { tries, openRun } = openingFrom(Number.POSITIVE_INFINITY);
    const ended = await run({}, { args, changes: { openRun } });
    expect(typeOf(ended)).toBe('UnknownPartner');
    expect(tries.map(({ isLastTry }) => isLastTry ?? false)).toEqual([...Array(8).fill(false), true]);
    expect([ended.fake.calls, ended.fake.closed]).toEqual([[], []]);
  });

  it.each(['No Body', `${'x'.repeat(64)}`])(
    'is not waited for if no partner can have its name: %s',
    async (partner) => {
      const { tries, openRun } = openingFrom(2);
      const ended = await run({}, { args: [{ partner }], changes: { openRun } });
      expect(typeOf(ended)).toBe('UnknownPartner');
      expect(tries).toHaveLength(1);
    },
  );
});

describe('a step that reaches a worker without the partner', () => {
  it('is repeated by another worker, and the earlier calls count', async () => {
    let attempts = 0;
    const authenticate: Activities['authenticate'] = async (input) => {
      attempts += 1;
      // The first worker's call fails. The second worker does not know the partner.
      if (attempts === 2) findForCall(doesNotKnow, 'auth', input);
      const { value, report } = await callPartner(CALLING, 'auth', input, partnerWith(), async () => {
        if (attempts === 1) throw new PartnerFailure('PartnerError', 'as the test has it');
        return 'token';
      });
      return { token: value, ...report };
    };
    const { fake: made, result } = await run({}, { args, changes: { authenticate } });
    expect(result?.status).toBe('succeeded');
    expect(ledger(made.persisted[0]?.calls)).toEqual([
      ['auth', 1, 'PartnerError'],
      ['auth', 2, 'ok'],
      ['providers', 1, 'ok'],
    ]);
  });

  it('stores the answer on another worker', async () => {
    let attempts = 0;
    const persistProviders: Activities['persistProviders'] = async (input) => {
      attempts += 1;
      if (attempts === 1) throw temporalFailure(UNKNOWN);
      return fake.activities.persistProviders(input);
    };
    const { fake: made, result } = await run({}, { args, changes: { persistProviders } });
    expect(result?.status).toBe('succeeded');
    expect([made.count('auth'), made.count('providers')]).toEqual([1, 1]);
  });
});
