import { temporal } from '@temporalio/proto';
import type { SyncHandle } from '../../../src/temporal/runs/start-sync';
import { killCommands } from '../../support/command';
import { sumOf } from '../../support/read-metrics';
import { until } from '../../support/scenario';
import { useOpened } from '../../support/use-opened';
import { expectAlerts } from '../breakage';
import { startMonitored } from '../monitored';
import { lateTasks, untilVeryLate } from './very-late';

const stage = useOpened(startMonitored, (monitored) => monitored.end());
afterAll(killCommands);

const ONE_SLOT = { WORKER_MAX_CONCURRENT_SYNCS: '1' };

const { PENDING_ACTIVITY_STATE_STARTED } = temporal.api.enums.v1.PendingActivityState;

/** The call for which the run waits. */
async function pendingCall(run: SyncHandle) {
  return (await run.describe()).raw.pendingActivities?.[0];
}

/** Starts a worker with one slot, and waits until it is in a call that gets no answer. */
async function startInCall(): Promise<void> {
  const { simulator } = stage.scenario;
  const calls = simulator.calls.length;
  simulator.script('auth', ['hangForever']);
  await stage.startWorker(ONE_SLOT);
  await until(() => simulator.calls.length > calls);
}

/*
 * An alert needs late tasks in two minutes. The only slot of the worker is free for the second one when the call of the
 * first one is over.
 */
it('the alerts fire if activities wait half an hour for a worker', async () => {
  let runs: readonly SyncHandle[] = [];
  let late = 1;
  await expectAlerts(stage, ['TemporalActivitiesVeryLate'], {
    async breakIt() {
      await stage.worker().end('SIGKILL');
      const first = await stage.start('noteworth');
      await startInCall();
      const second = await stage.start('whole');
      await until(async () => (await pendingCall(second)) !== undefined);
      await stage.worker().end('SIGKILL');
      // Temporal misses the worker after a moment, and repeats the call.
      await until(async () => (await pendingCall(first))?.attempt === 2);
      await untilVeryLate(stage);
      await startInCall();
      runs = [first, second];
    },
    async breakItAgain() {
      late = runs.length;
      const calls = await Promise.all(runs.map(pendingCall));
      await runs[calls.findIndex((call) => call?.state === PENDING_ACTIVITY_STATE_STARTED)]?.cancel();
      await Promise.allSettled(runs.map((run) => run.result()));
    },
    isBroken: (series) =>
      lateTasks(series, 'activity') >= late &&
      (late === 1 || sumOf(series, 'provider_sync_runs_waiting') === 0),
  });
});
