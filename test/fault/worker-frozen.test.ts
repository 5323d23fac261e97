import { setTimeout as sleep } from 'node:timers/promises';
import { temporal } from '@temporalio/proto';
import { killCommands } from '../support/command';
import { inScenario, until } from '../support/scenario';

/*
 * A worker that is frozen (SIGSTOP) and continued (SIGCONT). Its connections stay open, so Temporal keeps sending it
 * work, which it finds when it continues.
 */

afterAll(killCommands);

type PendingActivityState = temporal.api.enums.v1.PendingActivityState;
const PendingActivityState = {
  SCHEDULED: temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED,
  STARTED: temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED,
};

const PATIENCE_MS = 300_000;
/** After this time an attempt counts as late. */
const FROZEN_FOR_MS = 6_000;

describe('a worker that was frozen', () => {
  it.concurrent(
    'makes no call for an attempt that Temporal has given up meanwhile',
    inScenario({ auth: [{ fault: 'status', status: 503, retryAfter: '4' }] }, async (scenario) => {
      const worker = await scenario.startWorker();
      const { handle, run } = await scenario.startRun();
      const { SCHEDULED, STARTED } = PendingActivityState;
      const secondAttemptIs = async (state: PendingActivityState) => {
        const [activity] = (await handle.describe()).raw.pendingActivities ?? [];
        return activity?.attempt === 2 && activity.state === state;
      };
      await until(() => secondAttemptIs(SCHEDULED));
      process.kill(worker.pid, 'SIGSTOP');
      await until(() => secondAttemptIs(STARTED));
      await handle.terminate();
      await sleep(FROZEN_FOR_MS);
      process.kill(worker.pid, 'SIGCONT');

      // The attempt would come before this run; only the calls of this run exist.
      const next = await scenario.startRun(`next-${scenario.taskQueue}`);
      expect(await next.result).toMatchObject({ status: 'succeeded' });
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([2, 1]);
      await worker.says(/no call is made/);
      expect((await run()).status).toBe('abandoned');
    }),
    PATIENCE_MS,
  );

  it.concurrent(
    'continues an attempt that Temporal still waits for',
    inScenario({ auth: [{ fault: 'status', status: 503, retryAfter: '2' }] }, async (scenario) => {
      const { result, handle } = await scenario.startRun();
      await sleep(FROZEN_FOR_MS);
      await scenario.startWorker();
      expect(await result).toMatchObject({ status: 'succeeded' });
      expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([2, 1]);
      expect((await handle.describe()).status.name).toBe('COMPLETED');
    }),
    PATIENCE_MS,
  );
});
