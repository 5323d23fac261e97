import { hostname } from 'node:os';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import type { WorkerView } from '../../../src/operations/describe-workers';
import { version } from '../../../src/process/package-root';
import type { Page } from '../../../src/store/lists/cursor';
import { ask, startTestApi, type TestApi } from '../../support/api';
import { runHere } from '../../support/command-here';
import { startApiOf } from '../../support/health';
import { inScenario, type Scenario, until } from '../../support/scenario';

const HTML = { headers: { Accept: 'text/html' } };
const MINUTE_MS = 60_000;

async function withApi(scenario: Scenario, test: (api: TestApi) => Promise<void>): Promise<void> {
  const api = await startApiOf(scenario);
  try {
    await test(api);
  } finally {
    await api.close();
  }
}

const workersOf = async (api: TestApi) => (await ask<Page<WorkerView>>(api, '/api/v1/workers')).body.items;

describe('the workers in the API, on the page and in the CLI', () => {
  it(
    'are shown with their version, their slots and what they execute',
    inScenario({ providers: [{ fault: 'slow', delayMs: 10 * MINUTE_MS }] }, async (scenario) => {
      await scenario.startWorkerHere({ NOTEWORTH_DEADLINE: '5m' });
      const { handle } = await scenario.startRun('slow/run');
      const identity = `${process.pid}@${hostname()}`;
      await withApi(scenario, async (api) => {
        // The slots are those of the next heartbeat.
        await until(async () => {
          const [worker] = await workersOf(api);
          return worker?.report?.slots.activities.used === 1 && worker.steps.length === 1;
        });
        const [worker, ...others] = await workersOf(api);
        expect(others).toEqual([]);
        expect(worker).toMatchObject({
          identity,
          state: 'polling',
          report: { version, host: hostname() },
          steps: [{ step: 'fetchProviders', attempt: 1, workflowId: 'slow/run', partner: 'noteworth' }],
        });

        const { body } = await ask<string>(api, '/workers', HTML);
        expect(body).toContain(`1 worker polls the task queue ${scenario.taskQueue}.`);
        expect(body).toMatch(
          new RegExp(
            `${identity}.*polling.*${version}.*href="/runs/slow%2Frun">fetchProviders of noteworth`,
            's',
          ),
        );
      });
      const { code, stdout } = await runHere(['workers'], scenario.env);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        new RegExp(
          `^WORKER .*\n${identity} +polling +${version} .* 1 of \\d+ +fetchProviders of noteworth\n$`,
        ),
      );
      const json = JSON.parse((await runHere(['workers', '--json'], scenario.env)).stdout);
      expect(json).toMatchObject({ items: [{ identity, state: 'polling' }], nextCursor: null });
      await handle.terminate();
    }),
  );

  it(
    'are lost if they were not seen for a while and reported no shutdown',
    inScenario({}, async (scenario) => {
      const { client, taskQueue } = scenario;
      const ago = (ms: number) => msToTs(Date.now() - ms);
      await client.workflowService.recordWorkerHeartbeat({
        namespace: client.options.namespace,
        workerHeartbeat: [
          {
            workerInstanceKey: taskQueue,
            workerIdentity: '7@killed',
            taskQueue,
            status: temporal.api.enums.v1.WorkerStatus.WORKER_STATUS_RUNNING,
            startTime: ago(10 * MINUTE_MS),
            heartbeatTime: ago(2 * MINUTE_MS),
          },
        ],
      });
      await withApi(scenario, async (api) => {
        await until(async () => (await workersOf(api)).length === 1);
        expect(await workersOf(api)).toMatchObject([
          { identity: '7@killed', state: 'lost', report: { version: null } },
        ]);
        const { body } = await ask<string>(api, '/workers', HTML);
        expect(body).toContain(`No worker polls the task queue ${taskQueue}.`);
      });
    }),
  );

  it(
    'are none before the first one was started, and the advice says so',
    inScenario({}, async (scenario) => {
      await withApi(scenario, async (api) => {
        expect(await workersOf(api)).toEqual([]);
        expect((await ask<string>(api, '/workers', HTML)).body).toContain('npx provider-sync worker');
      });
      expect((await runHere(['workers'], scenario.env)).stdout).toBe(
        `No worker polls the task queue ${scenario.taskQueue}. Start one: npx provider-sync worker\n`,
      );
    }),
  );

  it('cannot be listed while Temporal is unavailable', async () => {
    const api = await startTestApi();
    try {
      expect((await ask(api, '/api/v1/workers')).status).toBe(503);
      expect((await ask(api, '/workers', HTML)).status).toBe(503);
    } finally {
      await api.close();
    }
  });
});
