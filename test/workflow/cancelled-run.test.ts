import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { temporalFailure } from '../../activities/temporal-failure';
import { PartnerFailure } from '../../src/partner/call/partner-failure';
import { COUNTS, ledger, run, typeOf, useTestEnvironment } from '../support/fake-run';
import { until } from '../support/scenario';

// The time-skipping server handles a cancelled activity between two attempts differently from a real server.
useTestEnvironment({ skipTime: false });

/** A promise that is resolved from outside. */
function gate() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}

describe('a cancelled run', () => {
  const [started, cancelled] = [gate(), gate()];

  it('aborts the call in flight and is closed as cancelled, with the call in its ledger', async () => {
    const ended = await run(
      { providers: ['hang'] },
      {
        act: async (fake, cancel) => {
          while (fake.count('providers') === 0) await new Promise((resolve) => setTimeout(resolve, 20));
          await cancel();
        },
      },
    );
    expect(ended.failure).toBeInstanceOf(CancelledFailure);
    expect(ended.fake.closed).toMatchObject([
      { runId: 'the-run', status: 'cancelled', failure: { type: 'Cancelled' } },
    ]);
    expect(ledger(ended.fake.closed[0]?.calls)).toEqual([
      ['auth', 1, 'ok'],
      ['providers', 1, 'Cancelled'],
    ]);
    expect(ended.fake.count('providers')).toBe(1);
  });

  it('is cancelled, not failed, if its call fails before it receives the cancellation', async () => {
    const ended = await run(
      {},
      {
        changes: {
          authenticate: async () => {
            started.resolve();
            await cancelled.promise;
            throw temporalFailure(new PartnerFailure('PartnerTimeout', 'too late'));
          },
        },
        act: async (_fake, cancel) => {
          await started.promise;
          await cancel();
          cancelled.resolve();
        },
      },
    );
    expect(ended.failure).toBeInstanceOf(CancelledFailure);
    expect(ended.fake.closed).toMatchObject([{ status: 'cancelled', failure: { type: 'Cancelled' } }]);
  });

  it('succeeds if a lost worker had stored its providers', async () => {
    const ended = await run(
      { providers: ['hang'] },
      {
        changes: { closeRun: async ({ runId }) => ({ runId, saved: COUNTS }) },
        act: async (fake, cancel) => {
          await until(() => fake.count('providers') === 1);
          await cancel();
        },
      },
    );
    expect(ended.result).toEqual({ status: 'succeeded', id: 'the-run', partner: 'noteworth', ...COUNTS });
  });

  it('fails if the record of its end belongs to another run', async () => {
    const ended = await run(
      { providers: ['RequestRejected'] },
      { changes: { closeRun: async () => ({ runId: 'another-run', saved: COUNTS }) } },
    );
    expect(typeOf(ended)).toBe('InvalidResult');
  });

  it('is closed even if the database is unavailable at first', async () => {
    let closes = 0;
    const ended = await run(
      { auth: ['hang'] },
      {
        changes: {
          closeRun: async () => {
            closes += 1;
            if (closes < 5) throw ApplicationFailure.create({ type: 'StoreUnavailable', message: 'away' });
          },
        },
        act: async (fake, cancel) => {
          while (fake.count('auth') === 0) await new Promise((resolve) => setTimeout(resolve, 20));
          await cancel();
        },
      },
    );
    expect(ended.failure).toBeInstanceOf(CancelledFailure);
    expect(closes).toBe(5);
  });
});
