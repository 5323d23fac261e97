import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { killCommands } from '../support/command';
import { person, serving, TEN } from '../support/people';
import { until } from '../support/scenario';
import { useOpened } from '../support/use-opened';
import { ALERTS_FILE } from './alert-rules';
import { dashboardQueries } from './dashboard-queries';
import { startMonitored } from './monitored';
import { MINUTE_MS } from './prometheus';

/*
 * The rules with a real Prometheus, which reads a real worker and a real API. A minute of the rules is short. Each test
 * breaks something more.
 */

const stage = useOpened(startMonitored, (monitored) => monitored.end());
afterAll(killCommands);

/** An alert on a quantile: the histogram and the threshold. */
const QUANTILE = /histogram_quantile\(.*?(temporal_\w+_bucket).*> ([\d.]+)$/gm;

let silent: string[] = [];

const fires = (...alerts: readonly string[]) =>
  until(async () => {
    const firing = await stage.prometheus.firing();
    return alerts.every((alert) => firing.includes(alert));
  });

describe('the alerts', () => {
  it('are silent for half an hour in which syncs succeed', async () => {
    const { prometheus, scenario } = stage;
    scenario.simulator.script('providers', []);
    await stage.sync();
    await stage.sync('whole');
    await until(async () => (await prometheus.query('provider_sync_fresh == 1')).length === 2);
    const end = Date.now() + 30 * MINUTE_MS;
    while (Date.now() < end) {
      await stage.sync();
      expect(await prometheus.firing()).toEqual([]);
      await sleep(MINUTE_MS);
    }
    // Also between these questions.
    expect(
      await prometheus.query(`count_over_time(ALERTS{alertstate="firing"}[${30 * MINUTE_MS}ms])`),
    ).toEqual([]);
  });

  it('fire if many records are rejected', async () => {
    const blank = Array.from({ length: 4 }, (_, number) => person(`Bo ${number}`, { clinic: '' }));
    const answers = Array.from({ length: 3 }, () => serving(...TEN.slice(4), ...blank));
    stage.scenario.simulator.script('providers', answers);
    for (const _ of answers) await stage.sync();
    await fires('ManyRecordsRejected');
  });

  it('fire if the runs of a partner fail', async () => {
    stage.scenario.simulator.script('auth', ['unauthorized', 'unauthorized', 'unauthorized']);
    for (let run = 0; run < 3; run += 1) await stage.sync();
    await fires('PartnerFailing');
    expect(
      await stage.prometheus.query('ALERTS{alertname="PartnerFailing",alertstate="firing"}'),
    ).toMatchObject([{ metric: { partner: 'noteworth' } }]);
  });

  it('are beside a dashboard, each query of which returns figures', async () => {
    const queries = await dashboardQueries();
    expect(queries.length).toBeGreaterThan(20);
    await until(async () => {
      await stage.sync();
      const results = await Promise.all(queries.map((query) => stage.prometheus.query(query)));
      silent = queries.filter((_, index) => !results[index]?.some(({ value }) => value[1] !== 'NaN'));
      return silent.length === 0;
    }).catch(() => undefined);
    expect(silent).toEqual([]);
  });

  it('look for values that the buckets of a worker can show', async () => {
    for (const [, name = '', threshold] of (await readFile(ALERTS_FILE, 'utf8')).matchAll(QUANTILE)) {
      const buckets = await stage.prometheus.query(`last_over_time(${name}[1m])`);
      const ends = buckets.map(({ metric }) => Number(metric.le)).filter(Number.isFinite);
      expect([name, Math.max(...ends) > Number(threshold)]).toEqual([name, true]);
    }
  });

  it('fire if no run succeeds for longer than freshFor', async () => {
    await fires('DirectoryNotFresh');
  });

  it('fire if a snapshot waits for approval', async () => {
    stage.scenario.simulator.script('providers', [serving(TEN[0])]);
    void stage.sync('whole').catch(() => undefined);
    await fires('SnapshotAwaitsApproval');
  });

  it('fire if the worker is killed and a run waits', async () => {
    await stage.worker.end('SIGKILL');
    await stage.scenario.startRun();
    await fires('WorkerMissing', 'RunWaiting');
  });

  it('fire while Postgres is killed, and no longer', async () => {
    await stage.postgres.kill();
    await fires('PostgresUnavailable');
    await stage.postgres.start();
    await until(async () => !(await stage.prometheus.firing()).includes('PostgresUnavailable'));
  });

  it('fire if the API is killed', async () => {
    await stage.api.end('SIGKILL');
    await fires('ApiMissing');
  });
});
