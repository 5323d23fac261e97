import type { HealthReport } from '../../src/operations/health/health';
import { ask, type TestApi } from '../support/api';
import { killCommands } from '../support/command';
import { codesOf, doctorReport, healthOf, startApiOf } from '../support/health';
import { startKillableServer } from '../support/killable-server';
import { inScenario, type Scenario, startScenario } from '../support/scenario';

/*
 * The API, the overview and doctor report a part that breaks while they run, until it is repaired.
 */

afterAll(killCommands);

const PATIENCE_MS = 300_000;
const GOOD_NEWS = /All good|The directory is fresh/;

const overview = async (api: TestApi) =>
  (await ask<string>(api, '/', { headers: { Accept: 'text/html' } })).body;

/** Repeats the check until the report is as expected. */
async function untilHealth(api: TestApi, isAsExpected: (health: HealthReport) => boolean) {
  const giveUp = Date.now() + PATIENCE_MS / 2;
  for (;;) {
    const health = await healthOf(api);
    if (isAsExpected(health)) return health;
    if (Date.now() > giveUp) throw new Error(`It stayed like this: ${JSON.stringify(health.findings)}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function withApi(scenario: Scenario, test: (api: TestApi) => Promise<void>): Promise<void> {
  const api = await startApiOf(scenario);
  try {
    await test(api);
  } finally {
    await api.close();
  }
}

it.concurrent(
  'workers that were all killed (-9) are reported 90 s after the last sight, with its time and the sync that waits',
  inScenario({}, async (scenario) => {
    const workers = [await scenario.startWorker(), await scenario.startWorker()];
    await (await scenario.startRun('first')).result;
    await withApi(scenario, async (api) => {
      await untilHealth(api, ({ workersPolling }) => workersPolling === 2);
      const killedAt = Date.now();
      await Promise.all(workers.map((worker) => worker.end('SIGKILL')));
      await scenario.startRun('second');
      const health = await untilHealth(api, ({ workersPolling }) => workersPolling === 0);
      const [worst] = health.findings;
      expect(worst).toMatchObject({ code: 'no-worker', sinceAtLeast: false });
      // The last heartbeat was at most ten seconds before the end; the last request for work was just before the end.
      const lastSeenBeforeEnd = killedAt - Date.parse(worst?.since ?? '');
      expect(lastSeenBeforeEnd).toBeLessThan(70_000);
      expect(lastSeenBeforeEnd).toBeGreaterThan(-5_000);
      expect(health.runsWaiting).toBe(1);
      expect(await overview(api)).toMatch(/<h1>No worker polls the task queue .*1 sync is waiting\./s);
      expect(await doctorReport(scenario.env)).toMatchObject({
        code: 2,
        codes: expect.arrayContaining(['no-worker', 'runs-waiting']),
      });
      await scenario.startWorker();
      await untilHealth(api, ({ status }) => status !== 'failing');
    });
  }),
  PATIENCE_MS,
);

it.concurrent(
  'a killed Temporal is reported at once, until it is back',
  async () => {
    const temporal = await startKillableServer('temporal');
    try {
      const scenario = await startScenario({ temporalAddress: temporal.address });
      try {
        await scenario.startWorker();
        await (await scenario.startRun()).result;
        await withApi(scenario, async (api) => {
          await untilHealth(api, ({ status }) => status === 'degraded');
          await temporal.kill();
          const health = await untilHealth(api, ({ status }) => status === 'failing');
          expect(codesOf(health)[0]).toBe('temporal-unreachable');
          const html = await overview(api);
          expect(html).toMatch(/<h1>Temporal at .* cannot be reached/);
          expect(html).toContain('Temporal cannot be reached, so the schedule is unknown.');
          expect(html).not.toContain('No schedule');
          expect(html).not.toMatch(GOOD_NEWS);
          expect(await doctorReport(scenario.env)).toMatchObject({
            code: 2,
            codes: expect.arrayContaining(['temporal-unreachable']),
          });
          await temporal.start();
          await untilHealth(api, ({ status }) => status !== 'failing');
        });
      } finally {
        await scenario.end();
      }
    } finally {
      await temporal.end();
    }
  },
  PATIENCE_MS,
);

it.concurrent(
  'a killed Postgres is reported with the runs that wait for it, on an overview that still opens',
  async () => {
    const postgres = await startKillableServer('postgres');
    try {
      const scenario = await startScenario({ databaseUrl: postgres.url });
      try {
        await scenario.startWorker();
        await withApi(scenario, async (api) => {
          await postgres.kill();
          await scenario.startRun('waits-for-postgres');
          const health = await untilHealth(api, (seen) => codesOf(seen).includes('runs-repeating'));
          expect(codesOf(health)[0]).toBe('store-unreachable');
          expect(health.findings.find(({ code }) => code === 'runs-repeating')?.runs).toMatchObject([
            { workflowId: 'waits-for-postgres', reason: expect.stringContaining('StoreUnavailable') },
          ]);
          const html = await overview(api);
          expect(html).toContain('The directory cannot be shown');
          expect(html).not.toMatch(GOOD_NEWS);
          await postgres.start();
          await untilHealth(
            api,
            (seen) => !codesOf(seen).includes('runs-repeating') && seen.status !== 'failing',
          );
        });
      } finally {
        await scenario.end();
      }
    } finally {
      await postgres.end();
    }
  },
  PATIENCE_MS,
);

it.concurrent(
  'a run that a worker cannot read, because it has other keys than the API, is reported as not executable',
  inScenario({ payloadKeys: `ours:${Buffer.alloc(32, 1).toString('base64')}` }, async (scenario) => {
    const theirs = `theirs:${Buffer.alloc(32, 2).toString('base64')}`;
    await scenario.startWorker(undefined, { PAYLOAD_KEYS: theirs });
    const handle = await scenario.client.workflow.start('syncProviders', {
      taskQueue: scenario.taskQueue,
      workflowId: 'unreadable',
      args: [{ partner: 'noteworth' }],
    });
    await withApi(scenario, async (api) => {
      const health = await untilHealth(
        api,
        (seen) =>
          codesOf(seen).includes('runs-not-executable') && codesOf(seen).includes('payload-key-missing'),
      );
      expect(health.findings.find(({ code }) => code === 'payload-key-missing')?.what).toContain('"theirs"');
      expect(await overview(api)).not.toMatch(GOOD_NEWS);
      expect((await doctorReport(scenario.env)).code).toBe(2);
    });
    await handle.terminate();
  }),
  PATIENCE_MS,
);
