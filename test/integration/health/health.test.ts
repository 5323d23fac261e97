import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Client } from '@temporalio/client';
import { payloadKeysSchema } from '../../../src/process/payload-keys';
import { connectClient } from '../../../src/temporal/connection/connection';
import { applySchedules } from '../../../src/temporal/schedules/apply-schedules';
import { pauseSchedule } from '../../../src/temporal/schedules/schedules';
import { ask, startTestApi, type TestApi } from '../../support/api';
import { killCommands } from '../../support/command';
import { codesOf, doctor, healthOf, startApiOf } from '../../support/health';
import { inScenario, type Scenario, until } from '../../support/scenario';
import { NEVER, partnersWithSchedules, removeSchedules } from '../../support/schedules';
import { testTemporalConfig } from '../../support/temporal-config';

/*
 * Real faults are reported everywhere: by the API, on the overview, in the metrics and by doctor.
 */

afterAll(killCommands);

const page = async (api: TestApi) => (await ask<string>(api, '/', { headers: { Accept: 'text/html' } })).body;
const metrics = async (api: TestApi) => (await ask<string>(api, '/metrics')).body;
const GOOD_NEWS = /All good|The directory is fresh/;

async function withApi(
  scenario: Scenario,
  test: (api: TestApi) => Promise<void>,
  ...changes: Parameters<typeof startApiOf> extends [unknown, ...infer Rest] ? Rest : never
): Promise<void> {
  const api = await startApiOf(scenario, ...changes);
  try {
    await test(api);
  } finally {
    await api.close();
  }
}

describe('without any worker', () => {
  it(
    'an unrecorded run is listed as waiting, and the pages stay available',
    inScenario({}, async (scenario) => {
      await scenario.startRun('waits');
      await withApi(scenario, async (api) => {
        await until(async () => codesOf(await healthOf(api)).includes('runs-waiting'));
        const health = await healthOf(api);
        expect(health).toMatchObject({ status: 'failing', workersPolling: 0, runsWaiting: 1 });
        expect(health.findings[0]).toMatchObject({ code: 'no-worker', severity: 'failing' });
        const waiting = health.findings.find(({ code }) => code === 'runs-waiting');
        expect(waiting).toMatchObject({ what: '1 sync waits for a worker.', sinceAtLeast: false });
        expect(waiting?.runs).toMatchObject([{ workflowId: 'waits' }]);
        expect(Date.now() - Date.parse(waiting?.since ?? '')).toBeLessThan(60_000);

        const html = await page(api);
        // What is broken, since when, how many syncs wait, what to do.
        expect(html).toMatch(
          /<div class="alarm tone-bad".*<h1>No worker polls the task queue .*<\/h1>.*First seen <time .*1 sync is waiting\..*Start one: npx provider-sync worker\./s,
        );
        expect(html).not.toMatch(GOOD_NEWS);
        expect(await metrics(api)).toMatch(
          /provider_sync_finding\{code="no-worker",severity="failing",partner=""\} 1/,
        );
        expect(await metrics(api)).toContain('provider_sync_workers_polling 0');
        expect(await metrics(api)).toContain('provider_sync_runs_waiting 1');
        expect(await metrics(api)).toMatch(/^provider_sync_oldest_waiting_run_age_seconds [1-9]/m);
        expect(await metrics(api)).toContain('provider_sync_health{status="failing"} 1');
        const ready = await ask(api, '/readyz');
        expect(ready.status).toBe(200);
        expect(ready.body).toMatchObject({
          status: 'ok',
          findings: expect.arrayContaining([{ code: 'no-worker', severity: 'failing' }]),
        });
      });
      const { code, text, codes } = await doctor(scenario.env);
      expect(code).toBe(2);
      expect(text).toMatch(/^FAIL {2}Worker .*npx provider-sync worker/m);
      expect(codes).toEqual(expect.arrayContaining(['no-worker', 'runs-waiting']));
    }),
  );
});

describe('with a worker', () => {
  it(
    'all of it is well, once a sync was done and the schedules are applied',
    inScenario({}, async (scenario) => {
      await scenario.startWorker();
      await (await scenario.startRun()).result;
      await withApi(scenario, async (api) => {
        expect(codesOf(await healthOf(api))).toEqual(['schedule-missing', 'pruning-missing']);
        expect(await doctor(scenario.env)).toMatchObject({
          code: 0,
          codes: ['schedule-missing', 'pruning-missing'],
        });
        expect(await metrics(api)).toContain('provider_sync_workers_polling 1');
      });
    }),
  );

  it(
    'a store that only the worker cannot reach shows in its runs, including those without a row',
    inScenario({}, async (scenario) => {
      const nowhere = new URL(scenario.databaseUrl);
      const worker = await scenario.startWorker();
      const role = `reader_${nowhere.pathname.slice(6)}`;
      await worker.end('SIGKILL');
      await scenario.administer(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
      await scenario.dataSource.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`);
      nowhere.username = role;
      nowhere.password = 'secret';
      try {
        await scenario.startWorker(undefined, { DATABASE_URL: nowhere.href });
        await scenario.startRun('repeats');
        await withApi(scenario, async (api) => {
          await until(async () => codesOf(await healthOf(api)).includes('runs-repeating'));
          const { findings } = await healthOf(api);
          const repeating = findings.find(({ code }) => code === 'runs-repeating');
          expect(repeating?.what).toMatch(
            /^1 sync repeats a step that fails: openRun is repeated .* after StoreUnavailable: .*42501/,
          );
          expect(repeating?.runs).toMatchObject([{ workflowId: 'repeats' }]);
        });
      } finally {
        await scenario.dataSource.query(`DROP OWNED BY ${role}`);
        await scenario.administer(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`,
        );
        await scenario.administer(`DROP ROLE ${role}`);
      }
    }),
  );
});

describe('while Temporal is unavailable', () => {
  it('nothing is reported as healthy, the schedule is unknown, and the pages stay available', async () => {
    const api = await startTestApi();
    try {
      const html = await page(api);
      expect(html).toMatch(/<h1>Postgres cannot be reached: .*ECONNREFUSED/);
      expect(html).toMatch(/Temporal at 127\.0\.0\.1:1 cannot be reached \(.*ECONNREFUSED/);
      expect(html).not.toMatch(GOOD_NEWS);
      expect(html).not.toContain('No schedule');
      expect(await healthOf(api)).toMatchObject({
        status: 'failing',
        workersPolling: null,
        runsWaiting: null,
      });
    } finally {
      await api.close();
    }
  });

  it(
    'a server that takes connections and answers nothing is unreachable too',
    inScenario({}, async (scenario) => {
      const silent = createServer().listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const TEMPORAL_ADDRESS = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const { code, codes, text } = await doctor({ ...scenario.env, TEMPORAL_ADDRESS });
      silent.close();
      expect(code).toBe(2);
      expect(codes).toContain('temporal-unreachable');
      expect(codes).not.toContain('check-incomplete');
      expect(text).toMatch(/^ok {4}Postgres/m);
    }),
  );

  it(
    'doctor and the overview report it, and neither calls the schedule missing',
    inScenario({}, async (scenario) => {
      const away = { ...scenario.env, TEMPORAL_ADDRESS: '127.0.0.1:1' };
      const { code, text } = await doctor(away);
      expect(code).toBe(2);
      expect(text).toMatch(/^FAIL {2}Temporal .*127\.0\.0\.1:1 cannot be reached .*TEMPORAL_ADDRESS/m);
      expect(text).toMatch(/^\? {5}Worker .*unknown while Temporal cannot be reached/m);
      expect(text).toMatch(/^ok {4}Postgres/m);
      const api = await startTestApi({ dataSource: scenario.dataSource });
      try {
        const html = await page(api);
        expect(html).toContain('Temporal cannot be reached, so the schedule is unknown.');
        expect(html).not.toContain('No schedule');
        expect(html).not.toMatch(GOOD_NEWS);
        const { body } = await ask<{ items: { scheduleState: string }[] }>(api, '/api/v1/partners');
        expect(body.items[0]?.scheduleState).toBe('unknown');
      } finally {
        await api.close();
      }
    }),
  );
});

/** A client whose only payload key has the id `elsewhere`. */
function connectElsewhere(): Promise<Client> {
  const payloadKeys = payloadKeysSchema.parse(`elsewhere:${randomBytes(32).toString('base64')}`);
  return connectClient(testTemporalConfig({ payloadKeys }));
}

describe('a payload key that open runs and schedules need', () => {
  it(
    'is named if a run is encrypted with it, and it is missing',
    inScenario({}, async (scenario) => {
      const other = await connectElsewhere();
      const workflowId = randomUUID();
      const start = { taskQueue: scenario.taskQueue, workflowId, memo: { trigger: 'cli' } };
      const handle = await other.workflow.start('syncProviders', {
        ...start,
        args: [{ partner: 'noteworth' }],
      });
      try {
        await withApi(scenario, async (api) => {
          await until(async () => codesOf(await healthOf(api)).includes('payload-key-missing'));
          const { findings } = await healthOf(api);
          expect(findings.find(({ code }) => code === 'payload-key-missing')).toMatchObject({
            severity: 'failing',
            what: `PAYLOAD_KEYS lacks the key "elsewhere", with which the run ${workflowId} is encrypted.`,
          });
          expect(await page(api)).not.toMatch(GOOD_NEWS);
        });
        expect((await doctor(scenario.env)).codes).toContain('payload-key-missing');
      } finally {
        await handle.terminate();
        await other.connection.close();
      }
    }),
  );

  it(
    'is named if a schedule is encrypted with it, and it is missing',
    inScenario({}, async (scenario) => {
      const { client, taskQueue } = scenario;
      const other = await connectElsewhere();
      try {
        await applySchedules(client, taskQueue, partnersWithSchedules({ noteworth: NEVER }));
        // As version 0.1.0 wrote it.
        await other.schedule.getHandle(`${taskQueue}.noteworth`).update((found) => ({
          ...found,
          action: { ...found.action, args: [{ partner: 'noteworth' }] },
        }));
        await withApi(scenario, async (api) => {
          const { findings } = await healthOf(api);
          expect(findings.find(({ code }) => code === 'payload-key-missing')).toMatchObject({
            severity: 'failing',
            what: 'PAYLOAD_KEYS lacks the key "elsewhere", with which the schedule of noteworth is encrypted.',
          });
        });
        expect((await doctor(scenario.env)).codes).toContain('payload-key-missing');
      } finally {
        await removeSchedules(client, taskQueue);
        await other.connection.close();
      }
    }),
  );
});

describe('a payload key with the name of another one', () => {
  it(
    'is named if it cannot decrypt the payloads of runs',
    inScenario({ payloadKeys: `same:${Buffer.alloc(32, 1).toString('base64')}` }, async (scenario) => {
      const { handle } = await scenario.startRun('unreadable');
      const memo = { trigger: 'cli' };
      const start = { taskQueue: scenario.taskQueue, workflowId: 'encrypted', memo };
      const encrypted = await scenario.client.workflow.start('syncProviders', { ...start, args: [{}] });
      const PAYLOAD_KEYS = `same:${Buffer.alloc(32, 2).toString('base64')}`;
      await until(async () =>
        (await doctor({ ...scenario.env, PAYLOAD_KEYS })).codes.includes('payload-key-differs'),
      );
      expect((await doctor(scenario.env)).codes).not.toContain('payload-key-differs');
      await Promise.all([handle.terminate(), encrypted.terminate()]);
    }),
  );
});

describe('a schedule', () => {
  it(
    'that is missing, differs, is paused or unwanted is reported',
    inScenario({}, async (scenario) => {
      const { client, taskQueue } = scenario;
      const hourly = partnersWithSchedules({ one: { every: '365d' }, two: { every: '365d' } });
      const daily = partnersWithSchedules({
        one: { every: '364d' },
        two: undefined,
        three: { every: '365d' },
      });
      await applySchedules(client, taskQueue, hourly);
      await pauseSchedule(client, { partner: 'one', taskQueue }, 'Their server moves');
      try {
        await withApi(
          scenario,
          async (api) => {
            await until(async () => codesOf(await healthOf(api)).includes('schedule-unwanted'));
            const { findings } = await healthOf(api);
            const found = findings.filter(({ code }) => code.startsWith('schedule-'));
            expect(found.map(({ code, partner }) => [code, partner])).toEqual([
              ['schedule-missing', 'three'],
              ['schedule-differs', 'one'],
              ['schedule-unwanted', 'two'],
              ['schedule-paused', 'one'],
            ]);
            expect(found[1]?.what).toContain('times is every 365 days, not every 364 days');
            expect(found[3]?.advice).toBe('Their server moves');
          },
          { partners: daily },
        );
      } finally {
        await removeSchedules(client, taskQueue);
      }
    }),
  );
});
