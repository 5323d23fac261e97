import type { Client } from '@temporalio/client';
import { readOpenRuns } from '../../../src/temporal/runs/open-runs';
import { killCommands } from '../../support/command';
import { codesOf, doctorReport, healthOf, startApiOf } from '../../support/health';
import { type OwnTemporal, startOwnTemporal } from '../../support/own-temporal';
import { type Scenario, startScenario, until } from '../../support/scenario';

/*
 * A run whose workflow no worker can execute. The worker is played by the test: it takes the workflow task, and reports
 * that it failed.
 */

const TASKS = 2;
/** More than the health examines. */
const OTHERS = 60;

let server: OwnTemporal;
let scenario: Scenario;

beforeAll(async () => {
  server = await startOwnTemporal(
    `system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=${TASKS}`,
  );
  scenario = await startScenario({ temporalAddress: server.address });
});
afterAll(async () => {
  await scenario?.end();
  await server?.end();
  killCommands();
});

async function failTask({ workflowService, options: { namespace } }: Client, name: string): Promise<void> {
  const task = await workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name } });
  await workflowService.respondWorkflowTaskFailed({
    namespace,
    taskToken: task.taskToken,
    failure: { message: 'a defect' },
  });
}

it('a run that workers cannot execute is found among many open runs, and reported as such', async () => {
  const { client, taskQueue, env } = scenario;
  const { handle } = await scenario.startRun('broken');
  for (let task = 1; task <= TASKS; task += 1) await failTask(client, taskQueue);
  const isMarked = async () => {
    const query = `TaskQueue = '${taskQueue}' AND TemporalReportedProblems IS NOT NULL`;
    return (await client.workflow.count(query)).count === 1;
  };
  await until(isMarked);
  for (let other = 1; other <= OTHERS; other += 1) {
    await client.workflow.start('syncProviders', { taskQueue, workflowId: `other-${other}` });
  }
  await until(async () => (await readOpenRuns(client, taskQueue)).count === OTHERS + 1);
  const api = await startApiOf(scenario);
  try {
    await until(async () => codesOf(await healthOf(api)).includes('runs-not-executable'));
    const { findings } = await healthOf(api);
    expect(findings.find(({ code }) => code === 'runs-not-executable')).toMatchObject({
      what: '1 sync stands still, because workers cannot execute the workflow: see the log of the worker.',
      runs: [{ workflowId: 'broken' }],
    });
  } finally {
    await api.close();
  }
  expect((await doctorReport(env)).codes).toContain('runs-not-executable');
  await handle.terminate();
});
