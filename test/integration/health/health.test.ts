import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { ask, startTestApi, type TestApi } from '../../support/api';
import { killCommands } from '../../support/command';
import {
  codesOf,
  doctor,
  doctorReport,
  GOOD_NEWS,
  healthOf,
  overviewOf,
  withApi,
} from '../../support/health';
import { inScenario, until } from '../../support/scenario';

/*
 * Real faults are reported everywhere: by the API, on the overview, in the metrics and by doctor.
 */

afterAll(killCommands);

const metrics = async (api: TestApi) => (await ask<string>(api, '/metrics')).body;

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
        expect(Date.now() - Date.parse(waiting?.since ?? '')).toBeLessThan(600_000);

        const html = await overviewOf(api);
        // What is broken, since when, how many syncs wait, what to do.
        expect(html).toMatch(
          /<div class="alarm tone-bad".*<h1>No worker polls the task queue .*<\/h1>.*First seen <time .*1 sync is waiting\..*Start one: <code>npx provider-sync worker<\/code>\./s,
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
        expect(await doctorReport(scenario.env)).toMatchObject({
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
      const html = await overviewOf(api);
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
      expect(text).toMatch(/^FAIL {2}Temporal .*cannot be reached \(it did not answer in time\)/m);
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
        const html = await overviewOf(api);
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
