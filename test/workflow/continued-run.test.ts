import { CancelledFailure } from '@temporalio/activity';
import { temporalFailure } from '../../activities/temporal-failure';
import type { Activities } from '../../src/contract/activities';
import { NamedFailure } from '../../src/contract/named-failure';
import { COUNTS, FakeActivities, ledger, run, typeOf, useTestEnvironment } from '../support/fake-run';
import { until } from '../support/scenario';

/*
 * Temporal suggests early that a run continues as a new Temporal run, so that one with a few pages does.
 */

useTestEnvironment({ skipTime: false, settings: ['limit.historyCount.suggestContinueAsNew=20'] });

describe('a run with many pages', () => {
  it('continues as a new Temporal run with its claim, its token and its pages', async () => {
    const { fake, result } = await run({}, { pages: 9 });
    expect(result).toEqual({ status: 'succeeded', id: 'the-run', partner: 'noteworth', ...COUNTS });
    expect(fake.opened.length).toBeGreaterThan(1);
    const [first, ...others] = fake.opened;
    const before = [first, ...others].map((opening) => opening?.runId);
    expect(others.map(({ continues }) => continues?.temporalRunId)).toEqual(before.slice(0, -1));
    expect(new Set(before).size).toBe(fake.opened.length);
    expect(new Set(fake.opened.map(({ workflowId }) => workflowId)).size).toBe(1);
    expect(fake.calls.filter(({ endpoint }) => endpoint === 'auth')).toHaveLength(1);
    expect(
      fake.fetched.map(({ page = 1, token, temporalRunId }) => [page, token, before.includes(temporalRunId)]),
    ).toEqual(Array.from({ length: 9 }, (_, index) => [index + 1, 'token-1', true]));
    expect(fake.persisted).toMatchObject([{ staged: { pages: 9, received: 90, next: null } }]);
  });

  it('keeps its budget of three calls for each page', async () => {
    const good = Array.from({ length: 6 }, () => 'ok' as const);
    const ended = await run(
      { providers: [...good, 'PartnerError', 'PartnerError', 'PartnerError'] },
      { pages: 9 },
    );
    expect(typeOf(ended)).toBe('PartnerError');
    expect(ended.fake.opened.length).toBeGreaterThan(1);
    expect(ledger(ended.fake.closed[0]?.calls)).toEqual([
      ['providers', 7, 1, 'PartnerError'],
      ['providers', 7, 2, 'PartnerError'],
      ['providers', 7, 3, 'PartnerError'],
    ]);
  });

  it('keeps who started it and what is known of it', async () => {
    let memo: unknown;
    const { fake } = await run(
      {},
      {
        pages: 9,
        memo: { trigger: 'api', partner: 'noteworth' },
        act: async (_fake, _cancel, handle) => {
          await handle.result();
          memo = (await handle.describe()).memo;
        },
      },
    );
    expect(fake.opened.map(({ trigger }) => trigger)).toEqual(fake.opened.map(() => 'api'));
    expect(memo).toMatchObject({ trigger: 'api', partner: 'noteworth' });
  });
});

/** Activities of a run whose claim is moved only after `open` was called. */
function slowToContinue() {
  let waiting = false;
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const openRun: Activities['openRun'] = async (input) => {
    if (input.continues) {
      waiting = true;
      await gate;
    }
    return new FakeActivities({ auth: [], providers: [] }).activities.openRun(input);
  };
  return { openRun, open: () => open(), isWaiting: () => waiting };
}

describe('a run that is cancelled while it continues', () => {
  it('is closed as cancelled', async () => {
    const slow = slowToContinue();
    const ended = await run(
      {},
      {
        pages: 9,
        changes: { openRun: slow.openRun },
        act: async (_fake, cancel) => {
          await until(slow.isWaiting);
          await cancel();
          slow.open();
        },
      },
    );
    expect(ended.failure).toBeInstanceOf(CancelledFailure);
    expect(ended.fake.closed).toMatchObject([{ runId: 'the-run', status: 'cancelled' }]);
  });
});

describe('a run that cannot continue', () => {
  /** Fails the first time. */
  const failing = (type: 'RunReset' | 'RunSuperseded') => {
    let hasFailed = false;
    const openRun: Activities['openRun'] = async (input) => {
      if (input.continues && !hasFailed) {
        hasFailed = true;
        const report = { runId: input.continues.id, calls: [] };
        throw temporalFailure(new NamedFailure(type, 'as the test has it'), { report });
      }
      return new FakeActivities({ auth: [], providers: [] }).activities.openRun(input);
    };
    return openRun;
  };

  it('fails if it has ended meanwhile', async () => {
    const ended = await run({}, { pages: 9, changes: { openRun: failing('RunSuperseded') } });
    expect(typeOf(ended)).toBe('RunSuperseded');
    expect(ended.fake.closed).toEqual([]);
  });

  it('begins anew if it was reset', async () => {
    const { fake, result } = await run({}, { pages: 9, changes: { openRun: failing('RunReset') } });
    expect(result?.status).toBe('succeeded');
    expect(fake.fetched.filter(({ page }) => page === undefined)).toHaveLength(2);
    expect(fake.persisted).toMatchObject([{ staged: { pages: 9 } }]);
  });
});

describe('a start from outside', () => {
  it('cannot continue a run', async () => {
    const opened = { status: 'opened', id: 'the-run', temporalRunId: 'another', stepsNameRun: true };
    const limits = { name: 'noteworth', deadlineMs: 1000 };
    const staged = { pages: 1, received: 10, total: null, next: 'two', mappingHash: 'hash' };
    const continues = { run: { ...opened, partner: limits }, token: null, staged };
    const ended = await run({}, { args: [{ partner: 'noteworth', continues }] });
    expect(typeOf(ended)).toBe('InvalidInput');
    expect(ended.fake.opened).toEqual([]);
  });
});
