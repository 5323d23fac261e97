import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SyncHandle } from '../../src/temporal/runs/start-sync';
import { killCommands, runCommand } from '../support/command';
import { startOwnTemporal } from '../support/own-temporal';
import { person, serving, TEN } from '../support/people';
import { sumOf } from '../support/read-metrics';
import { until } from '../support/scenario';
import { NEVER } from '../support/schedules';
import { useOpened } from '../support/use-opened';
import { startWay } from '../support/way';
import { ALERTS_FILE, type AlertRules, readRules } from './alert-rules';
import { expectAlerts, isCalm, recordCalm, shows } from './breakage';
import { dashboardQueries } from './dashboard-queries';
import { monitoredPartners, startMonitored } from './monitored';
import { startPrometheus } from './prometheus';
import { SUCCESS } from './promtool';
import type { Condition } from './recording';
import { scrape } from './scrape';

/*
 * The rules as they are, over minutes that are scrapes of a real worker and a real API. Each test mends what it broke.
 */

const stage = useOpened(startMonitored, (monitored) => monitored.end());
afterAll(killCommands);

/** An alert on a quantile: the histogram and the threshold. */
const QUANTILE = /histogram_quantile\(.*?(temporal_\w+_bucket).*> ([\d.]+)$/gm;

/** A setting of Temporal: it may start a single scheduled run. */
const ONE_START = 'worker.schedulerNamespaceStartWorkflowRPS=0.0001';

describe('the alerts', () => {
  it('are silent for half an hour in which syncs succeed', async () => {
    const recording = await recordCalm(stage);
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
    const breakIt = async () => {
      stage.scenario.simulator.script('providers', answers);
      for (const _ of answers) await stage.sync();
    };
    await expectAlerts(stage, ['ManyRecordsRejected'], { breakIt });
  });

  it('fire if the runs of a partner fail, and are beside a dashboard, each query of which returns figures', async () => {
    const fail = async (runs: number) => {
      stage.scenario.simulator.script('auth', Array(runs).fill('unauthorized'));
      for (let run = 0; run < runs; run += 1) await stage.sync();
    };
    const recording = await expectAlerts(stage, ['PartnerFailing'], {
      async breakIt() {
        await stage.sync();
        await fail(3);
      },
      breakItAgain: () => fail(1),
      async mend() {
        stage.scenario.simulator.script('auth', []);
        await stage.sync();
      },
    });
    const queries = await dashboardQueries();
    expect(queries.length).toBeGreaterThan(20);
    for (const query of queries) recording.expectFigures(query);
    expect(await recording.verdict()).toEqual(SUCCESS);
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
    await expectAlerts(stage, ['DirectoryNotFresh'], {
      breakIt: () => earlier('2 hours'),
      mend: () => stage.sync(),
    });
  });

  it('fire if a snapshot waits for approval', async () => {
    let run: SyncHandle | undefined;
    await expectAlerts(stage, ['SnapshotAwaitsApproval'], {
      async breakIt() {
        stage.scenario.simulator.script('providers', [serving(TEN[0])]);
        run = await stage.start('whole');
      },
      isBroken: shows('provider_sync_runs_awaiting_approval', 1, { partner: 'whole' }),
      async mend() {
        await run?.executeUpdate('reject');
        await stage.sync('whole');
      },
    });
  });

  it('fire if the worker is killed and a run waits', async () => {
    let run: SyncHandle | undefined;
    await expectAlerts(stage, ['WorkerMissing', 'RunWaiting'], {
      async breakIt() {
        await stage.worker().end('SIGKILL');
        run = await stage.start();
      },
      isBroken: shows('provider_sync_runs_waiting', 1),
      async mend() {
        await stage.startWorker();
        await run?.result();
      },
    });
  });

  it('fire while Postgres is killed, and no longer', async () => {
    const recording = await expectAlerts(stage, ['PostgresUnavailable'], {
      breakIt: () => stage.postgres.kill(),
      isBroken: shows('provider_sync_store_up', 0),
      mend: () => stage.postgres.start(),
    });
    await recording.minute(shows('provider_sync_store_up', 1));
    recording.expectFiring();
    expect(await recording.verdict()).toEqual(SUCCESS);
  });

  it('fire if the API is killed', async () => {
    await expectAlerts(stage, ['ApiMissing'], {
      breakIt: () => stage.api().end('SIGKILL'),
      mend: () => stage.startApi(),
    });
  });

  it('fire if the API does not reach Temporal', async () => {
    const way = await startWay(stage.scenario.env.TEMPORAL_ADDRESS ?? '');
    await expectAlerts(stage, ['TemporalUnavailable'], {
      prepare: () => stage.startApi({ TEMPORAL_ADDRESS: way.address }),
      breakIt: async () => way.close(),
      isBroken: shows('provider_sync_finding', 1, { code: 'temporal-unreachable' }),
      mend: () => stage.startApi(),
    });
  });

  it('fire if no worker polls the task queue of the API', async () => {
    await expectAlerts(stage, ['NoWorkerPolls', 'HealthFailing'], {
      breakIt: () => stage.startApi({ TASK_QUEUE: randomUUID() }),
      isBroken: shows('provider_sync_finding', 1, { code: 'no-worker' }),
      mend: () => stage.startApi(),
    });
  });

  it('fire if Temporal does not start a scheduled run', async () => {
    const temporal = await startOwnTemporal(ONE_START);
    const file = join(tmpdir(), `partners-${randomUUID()}.yaml`);
    const partners = monitoredPartners({ every: '1s', jitter: undefined });
    const changes = { TEMPORAL_ADDRESS: temporal.address, PARTNERS_FILE: file };
    await writeFile(file, partners);
    const breakIt = async () => {
      const { code } = await runCommand(['schedules', 'apply'], { ...stage.scenario.env, ...changes });
      expect(code).toBe(0);
      await stage.startApi(changes);
    };
    const isBroken: Condition = (series) =>
      ['schedule-overdue', 'no-worker'].every((code) => sumOf(series, 'provider_sync_finding', { code }) > 0);
    const mend = async () => {
      await stage.startApi();
      await temporal.end();
      await rm(file);
    };
    await expectAlerts(stage, ['NoWorkerPolls', 'ScheduleOverdue'], { breakIt, isBroken, mend });
  });

  it('fire if old history is not removed', async () => {
    const { client, taskQueue } = stage.scenario;
    const schedule = client.schedule.getHandle(`${taskQueue}.history.prune`);
    await expectAlerts(stage, ['OldHistoryNotRemoved'], {
      breakIt: () => schedule.pause(),
      isBroken: shows('provider_sync_finding', 1, { code: 'pruning-paused' }),
      mend: () => schedule.unpause(),
    });
  });

  it('fire if a schedule of partners.yaml is not applied', async () => {
    const file = join(tmpdir(), `partners-${randomUUID()}.yaml`);
    await writeFile(file, monitoredPartners({ ...NEVER, jitter: undefined }));
    const breakIt = () => stage.startApi({ PARTNERS_FILE: file });
    const isBroken: Condition = (series) =>
      sumOf(series, 'provider_sync_finding', { code: 'schedule-missing' }) === 2 &&
      sumOf(series, 'provider_sync_finding', { severity: 'failing' }) === 0;
    const mend = async () => {
      await stage.startApi();
      await rm(file);
    };
    await expectAlerts(stage, ['ScheduleNotApplied'], { breakIt, isBroken, mend });
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
