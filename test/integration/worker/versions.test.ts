import { randomUUID } from 'node:crypto';
import type { SyncHandle } from '../../../src/temporal/runs/start-sync';
import { describeProgress } from '../../../src/temporal/runs/sync-progress';
import { isRegistered } from '../../../src/temporal/workers/worker-version';
import { killCommands, runProgram, startCommand } from '../../support/command';
import { serving, TEN } from '../../support/people';
import { type Scenario, startScenario, until } from '../../support/scenario';
import { temporal } from '../../support/temporal-cli';

/* Workers as versions of a deployment: real processes, and Temporal's CLI as an operator uses it. */

afterAll(killCommands);

const PATIENCE_MS = 300_000;

/** Starts a worker as a version of a deployment that has the name of its task queue. */
function startVersion(scenario: Scenario, buildId: string) {
  return scenario.startWorker(undefined, {
    TEMPORAL_DEPLOYMENT_NAME: scenario.taskQueue,
    TEMPORAL_WORKER_BUILD_ID: buildId,
  });
}

async function makeCurrent({ env }: Scenario, args: readonly string[]): Promise<void> {
  const connection = ['--address', env.TEMPORAL_ADDRESS ?? ''];
  const { code, stderr } = await runProgram(process.env.TEMPORAL_CLI_PATH ?? '', [...args, ...connection]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

async function setCurrent(scenario: Scenario, buildId: string): Promise<void> {
  const deploymentName = scenario.taskQueue;
  await until(() => isRegistered(scenario.client.workflow, { deploymentName, buildId }));
  const version = ['--deployment-name', deploymentName, '--build-id', buildId, '--yes'];
  await makeCurrent(scenario, ['worker', 'deployment', 'set-current-version', ...version]);
}

/** The build that a run is pinned to. */
async function buildOf({ client }: Scenario, workflowId: string) {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
}

/** Temporal's ID of the step that a run is in. */
async function pendingActivity({ client }: Scenario, workflowId: string): Promise<string> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  return raw.pendingActivities?.[0]?.activityId ?? '';
}

describe('workers that are versions', () => {
  it.concurrent(
    'wait until one is made current; a started sync shows the command for it',
    async () => {
      const scenario = await startScenario();
      try {
        await startVersion(scenario, 'A');
        const sync = startCommand(['sync'], scenario.env);
        const [, command = ''] = await sync.says(/made current: temporal (.+)/);
        expect(scenario.calls('auth')).toBe(0);
        await makeCurrent(scenario, command.split(' '));
        expect(await sync.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('10 new') });
      } finally {
        await scenario.end();
      }
    },
    PATIENCE_MS,
  );

  it.concurrent(
    'keep a run on the version on which it began, and start new runs on the new version',
    async () => {
      const waiting = { fault: 'status', status: 503, retryAfter: '20' } as const;
      const scenario = await startScenario({ providers: [waiting, serving(...TEN)] });
      try {
        const [begun, next] = [randomUUID(), randomUUID()];
        const old = await startVersion(scenario, 'A');
        await setCurrent(scenario, 'A');
        const first = await scenario.startRun(begun);
        const handle = scenario.client.workflow.getHandle(begun) as SyncHandle;
        const busy = /^fetchProviders: attempt 2 of at most 3, after PartnerBusy \(.*503.*\)$/;
        await until(async () => busy.test(await describeProgress(handle)));
        // Its next call waits for the test, however long the partner asked to wait.
        const call = ['--workflow-id', begun, '--activity-id', await pendingActivity(scenario, begun)];
        await temporal(scenario, 'activity', 'pause', ...call);

        await startVersion(scenario, 'B');
        await setCurrent(scenario, 'B');
        const second = await scenario.startRun(next);
        expect(await second.result).toMatchObject({ status: 'skipped', holder: { workflowId: begun } });
        expect(await buildOf(scenario, next)).toBe('B');

        await old.end('SIGTERM');
        await temporal(scenario, 'activity', 'unpause', ...call);
        const progress = `waiting for a worker of ${scenario.env.TASK_QUEUE}:A, the version on which the run began`;
        await until(async () => (await describeProgress(handle)) === progress);
        await startVersion(scenario, 'A');
        expect(await first.result).toMatchObject({ status: 'succeeded', inserted: 10 });
        expect(await buildOf(scenario, begun)).toBe('A');
        expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 2]);
      } finally {
        await scenario.end();
      }
    },
    PATIENCE_MS,
  );

  it.concurrent(
    'are named by options or by the environment',
    async () => {
      const scenario = await startScenario();
      const version = ['--deployment', 'directory', '--build-id', '7'];
      const worker = startCommand(['worker', ...version], scenario.env);
      try {
        const [line] = await worker.says(/\{.*Worker ready.*\}/);
        expect(JSON.parse(line).version).toEqual({ deploymentName: 'directory', buildId: '7' });
        const { code, stderr } = await startCommand(['worker', '--build-id', '7'], scenario.env).ended;
        expect(code).toBe(2);
        expect(stderr).toContain('TEMPORAL_DEPLOYMENT_NAME: is not set');
      } finally {
        await worker.end('SIGTERM');
        await scenario.end();
      }
    },
    PATIENCE_MS,
  );
});
