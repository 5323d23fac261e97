import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { WORKFLOW_TYPE } from '../../../src/contract/names';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import { killCommands } from '../../support/command';
import { useOpened } from '../../support/use-opened';
import { expectAlerts, shows } from '../breakage';
import { startMonitored } from '../monitored';

const stage = useOpened(startMonitored, (monitored) => monitored.end());
afterAll(killCommands);

const WITHOUT_CACHE = join(PACKAGE_ROOT, 'dist/test/support/without-cache.js');
/** The alert needs more than one workflow task a second, in the mean of five minutes. */
const TASKS = { inFiveMinutes: 320, aMinute: 70 };

/** Completes workflow tasks. A run has one, as its input is wrong. */
async function completeTasks(tasks: number): Promise<void> {
  await Promise.all(Array.from({ length: tasks }, completeTask));
}

async function completeTask(): Promise<void> {
  const { client, taskQueue } = stage.scenario;
  const run = await client.workflow.start(WORKFLOW_TYPE, {
    taskQueue,
    workflowId: randomUUID(),
    args: ['no partner'],
  });
  await expect(run.result()).rejects.toThrow();
}

it('the alerts fire if a worker has work and caches no run', async () => {
  await expectAlerts(stage, ['TemporalCacheEmpty'], {
    async prepare() {
      await stage.worker().end('SIGKILL');
      await stage.startWorker({ NODE_OPTIONS: `--require ${WITHOUT_CACHE}` });
      await stage.sync();
    },
    breakIt: () => completeTasks(TASKS.inFiveMinutes),
    inMinute: () => completeTasks(TASKS.aMinute),
    isBroken: shows('temporal_sticky_cache_size', 0),
  });
});
