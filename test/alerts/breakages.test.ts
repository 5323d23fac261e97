import { readFile } from 'node:fs/promises';
import { killCommands } from '../support/command';
import { person, serving, TEN } from '../support/people';
import { sumOf } from '../support/read-metrics';
import { until } from '../support/scenario';
import { useOpened } from '../support/use-opened';
import { ALERTS_FILE, type AlertRules, minutesToWait, readRules } from './alert-rules';
import { dashboardQueries } from './dashboard-queries';
import { startMonitored } from './monitored';
import { startPrometheus } from './prometheus';
import { SUCCESS } from './promtool';
import type { Condition, Recording } from './recording';
import { scrape } from './scrape';

/*
 * The rules as they are, over minutes that are scrapes of a real worker and a real API. Each test repairs what it broke.
 */

const stage = useOpened(startMonitored, (monitored) => monitored.end());
afterAll(killCommands);

/** An alert on a quantile: the histogram and the threshold. */
const QUANTILE = /histogram_quantile\(.*?(temporal_\w+_bucket).*> ([\d.]+)$/gm;

const isCalm: Condition = (series) =>
  sumOf(series, 'provider_sync_health', { status: 'failing' }) === 0 &&
  sumOf(series, 'provider_sync_store_up') === 1 &&
  sumOf(series, 'up') === 2;

const shows =
  (name: string, value: number, labels: Readonly<Record<string, string>> = {}): Condition =>
  (series) =>
    sumOf(series, name, labels) === value;

/** Ten calm minutes, in each of which nothing fires. */
async function recordCalm(): Promise<Recording> {
  const recording = stage.record();
  for (let minute = 0; minute < 10; minute += 1) {
    await recording.minute(isCalm);
    recording.expectFiring();
  }
  return recording;
}

/** After ten calm minutes it breaks. Then exactly these alerts fire, each in its minute. */
async function expectAlerts(
  alerts: readonly string[],
  breakIt: () => Promise<unknown>,
  isBroken?: Condition,
): Promise<Recording> {
  const recording = await recordCalm();
  await breakIt();
  const waits = await minutesToWait(alerts);
  for (let minute = 0; minute <= Math.max(...waits.values()); minute += 1) {
    await recording.minute(isBroken);
    recording.expectFiring(...alerts.filter((alert) => (waits.get(alert) ?? 0) <= minute));
  }
  expect(await recording.verdict()).toEqual(SUCCESS);
  return recording;
}

describe('the alerts', () => {
  it('are silent for half an hour in which syncs succeed', async () => {
    const recording = await recordCalm();
    for (let minute = 0; minute < 30; minute += 1) {
      await stage.sync(minute % 10 === 0 ? 'whole' : 'noteworth');
      await recording.minute(isCalm);
      recording.expectFiring();
    }
    expect(await recording.verdict()).toEqual(SUCCESS);
  });

  it('fire if many records are rejected', async () => {
    const blank = Array.from({ length: 4 }, (_, number) => person(`Bo ${number}`, { clinic: '' }));
    const answers = Array.from({ length: 3 }, () => serving(...TEN.slice(4), ...blank));
    await expectAlerts(['ManyRecordsRejected'], async () => {
      stage.scenario.simulator.script('providers', answers);
      for (const _ of answers) await stage.sync();
    });
  });

  it('fire if the runs of a partner fail, and are beside a dashboard, each query of which returns figures', async () => {
    const fail = async (runs: number) => {
      stage.scenario.simulator.script('auth', Array(runs).fill('unauthorized'));
      for (let run = 0; run < runs; run += 1) await stage.sync();
    };
    const recording = await expectAlerts(['PartnerFailing'], async () => {
      await stage.sync();
      await fail(3);
    });
    await fail(1);
    await recording.minute();
    const queries = await dashboardQueries();
    expect(queries.length).toBeGreaterThan(20);
    for (const query of queries) recording.expectFigures(query);
    expect(await recording.verdict()).toEqual(SUCCESS);
    await stage.sync();
  });

  it('look for values that the buckets of a worker can show', async () => {
    const series = [...(await scrape(stage.targets.worker)).keys()];
    for (const [, name = '', threshold] of (await readFile(ALERTS_FILE, 'utf8')).matchAll(QUANTILE)) {
      const ends = series.flatMap((one) =>
        one.startsWith(name) ? Number(/le="([^"]*)"/.exec(one)?.[1]) : [],
      );
      expect([name, Math.max(...ends.filter(Number.isFinite)) > Number(threshold)]).toEqual([name, true]);
    }
  });

  it('fire if no run succeeds for longer than freshFor', async () => {
    const earlier = (interval: string) =>
      stage.scenario.dataSource.query(
        `UPDATE sync_runs SET started_at = started_at - interval '${interval}',
           finished_at = finished_at - interval '${interval}' WHERE partner = 'noteworth'`,
      );
    await expectAlerts(['DirectoryNotFresh'], () => earlier('2 hours'));
    await stage.sync();
  });

  it('fire if a snapshot waits for approval', async () => {
    const start = async () => {
      stage.scenario.simulator.script('providers', [serving(TEN[0])]);
      await stage.start('whole');
    };
    const isWaiting = shows('provider_sync_runs_awaiting_approval', 1, { partner: 'whole' });
    await expectAlerts(['SnapshotAwaitsApproval'], start, isWaiting);
    const [run] = await stage.scenario.dataSource.query(
      "SELECT workflow_id FROM sync_runs WHERE partner = 'whole' ORDER BY started_at DESC LIMIT 1",
    );
    await stage.scenario.client.workflow.getHandle(run.workflow_id).executeUpdate('reject');
    await stage.sync('whole');
  });

  it('fire if the worker is killed and a run waits', async () => {
    await expectAlerts(
      ['WorkerMissing', 'RunWaiting'],
      async () => {
        await stage.worker().end('SIGKILL');
        await stage.start();
      },
      shows('provider_sync_runs_waiting', 1),
    );
    await stage.startWorker();
  });

  it('fire while Postgres is killed, and no longer', async () => {
    const recording = await expectAlerts(
      ['PostgresUnavailable'],
      () => stage.postgres.kill(),
      shows('provider_sync_store_up', 0),
    );
    await stage.postgres.start();
    await recording.minute(shows('provider_sync_store_up', 1));
    recording.expectFiring();
    expect(await recording.verdict()).toEqual(SUCCESS);
  });

  it('fire if the API is killed', async () => {
    await expectAlerts(['ApiMissing'], () => stage.api().end('SIGKILL'));
    await stage.startApi();
  });

  it('read the worker and the API with the configuration in docs/', async () => {
    const prometheus = await startPrometheus(stage.targets);
    try {
      for (const query of [
        'provider_sync_fresh{job="provider-sync-api"}',
        'up{job="provider-sync-worker"} == 1',
      ]) {
        await until(async () => {
          const { result } = await prometheus.get<{ result: unknown[] }>(
            `query?query=${encodeURIComponent(query)}`,
          );
          return result.length > 0;
        });
      }
      const { groups } = await prometheus.get<AlertRules>('rules?type=alert');
      expect(groups).toHaveLength((await readRules()).groups.length);
    } finally {
      await prometheus.end();
    }
  });
});
