import { setTimeout as sleep } from 'node:timers/promises';
import { killCommands } from '../../support/command';
import { until } from '../../support/scenario';
import { useOpened } from '../../support/use-opened';
import { expectAlerts, grows } from '../breakage';
import { startMonitored } from '../monitored';

const stage = useOpened(startMonitored, (monitored) => monitored.end());
afterAll(killCommands);

/** More than the alerts allow. */
const FROZEN_MS = 11_000;

/** Freezes the worker while it opens a run, until Temporal has given up its task. */
async function freezeInTask(): Promise<void> {
  const { scenario } = stage;
  const lock = await scenario.lockWrites('sync_runs');
  const run = await stage.start();
  await until(() => scenario.isWaiting('INSERT INTO sync_runs'));
  const { pid } = stage.worker();
  process.kill(pid, 'SIGSTOP');
  try {
    await lock.release();
    await sleep(FROZEN_MS);
    await until(async () => {
      const { events } = await run.fetchHistory();
      return events?.some((event) => event.workflowTaskTimedOutEventAttributes) ?? false;
    });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await run.result();
}

it('the alerts fire if a worker stands still while it opens runs', async () => {
  const notFound = { operation: 'RespondWorkflowTaskCompleted', status_code: 'NOT_FOUND' };
  await expectAlerts(
    stage,
    ['TemporalLocalActivitiesSlow', 'TemporalTaskNotFound', 'TemporalWorkflowTasksSlow'],
    {
      breakIt: freezeInTask,
      breakItAgain: freezeInTask,
      isBroken: grows('temporal_request_failure_total', notFound, 2),
    },
  );
});
