import type { SyncHandle } from '../../../src/temporal/runs/start-sync';
import { killCommands } from '../../support/command';
import { sumOf } from '../../support/read-metrics';
import { until } from '../../support/scenario';
import { useOpened } from '../../support/use-opened';
import { expectAlerts } from '../breakage';
import { startMonitored } from '../monitored';
import { scrape } from '../scrape';
import { lateTasks, untilVeryLate } from './very-late';

const stage = useOpened(startMonitored, (monitored) => monitored.end());
afterAll(killCommands);

/** More than the 40 workflow tasks that a worker takes at a time. */
const RUNS = 100;

/*
 * An alert needs late tasks in two minutes. While no run can be opened, the worker holds the first tasks, and gets the
 * others after that.
 */
it('the alerts fire if workflow tasks wait half an hour for a worker', async () => {
  const { scenario } = stage;
  const runs: SyncHandle[] = [];
  let lock: { release(): Promise<void> } | undefined;
  let late = 1;
  await expectAlerts(stage, ['TemporalWorkflowTasksLate', 'TemporalWorkflowTasksVeryLate'], {
    async breakIt() {
      await stage.worker().end('SIGKILL');
      while (runs.length < RUNS) runs.push(await stage.start());
      await untilVeryLate(stage);
      lock = await scenario.lockWrites('sync_runs');
      await stage.startWorker();
      await until(async () => lateTasks(await scrape(stage.targets.worker), 'workflow_task') > 0);
    },
    async breakItAgain() {
      late = RUNS;
      await lock?.release();
      await Promise.all(runs.map((run) => run.result()));
    },
    isBroken: (series) =>
      lateTasks(series, 'workflow_task') >= late &&
      (late === 1 || sumOf(series, 'provider_sync_runs_waiting') === 0),
  });
});
