import type { Client } from '@temporalio/client';
import type { PartnerView } from '../../../src/operations/describe-partners';
import type { Page } from '../../../src/store/lists/cursor';
import { abandonRun } from '../../../src/store/runs/abandon-run';
import { closeRun } from '../../../src/store/runs/close-run';
import { applySchedules } from '../../../src/temporal/schedules/apply-schedules';
import { ask, startTestApi, useApi } from '../../support/api';
import { connectTestClient } from '../../support/connect-test-client';
import { endedRun } from '../../support/ended-runs';
import { codesOf, healthOf } from '../../support/health';
import { awayFromHour, NEVER, partnersWithSchedules, removeSchedules } from '../../support/schedules';
import { stageRecords } from '../../support/staging';
import { openedRun, provider, sync, useStore } from '../../support/store-fixtures';
import { testTemporalConfig } from '../../support/temporal-config';

const partners = partnersWithSchedules({
  planned: NEVER,
  unplanned: undefined,
  often: { every: '1h', backOff: { atMost: '0' } },
});
const HTML = { headers: { Accept: 'text/html' } };
let client: Client;
const temporal = testTemporalConfig();
const store = useStore();
const api = useApi(async () => {
  client = await connectTestClient(temporal);
  await applySchedules(client, temporal.taskQueue, partners);
  return { dataSource: store.dataSource, client, temporal, partners };
});

afterAll(async () => {
  await removeSchedules(client, temporal.taskQueue);
  await client.connection.close();
});

const partner = async (name: string) => (await ask<PartnerView>(api, `/api/v1/partners/${name}`)).body;

describe('/api/v1/partners', () => {
  it('lists the partners of partners.yaml with their schedules', async () => {
    const { body } = await ask<Page<PartnerView>>(api, '/api/v1/partners');
    expect(body.nextCursor).toBeNull();
    expect(body.items.map(({ name, schedule }) => [name, schedule?.paused])).toEqual([
      ['planned', false],
      ['unplanned', undefined],
      ['often', false],
    ]);
    const { nextRunAt, nextRunsAt = [] } = body.items[0]?.schedule ?? {};
    expect(nextRunsAt).toHaveLength(5);
    expect(nextRunsAt[0]).toBe(nextRunAt);
    expect(body.items[1]).toMatchObject({ lastRun: null, running: null, providers: { total: 0, listed: 0 } });
  });

  it('shows how fresh a partner is, its providers, and the sync that is running', async () => {
    expect((await partner('planned')).freshness).toMatchObject({ isFresh: false, lastSucceededAt: null });
    const { runId } = await sync(store.dataSource, 'snapshot', [provider('1'), provider('2')], 'planned');
    await sync(store.dataSource, 'snapshot', [provider('1')], 'planned');
    const fresh = await partner('planned');
    expect(fresh.freshness).toMatchObject({ isFresh: true, lastSucceededAt: fresh.lastRun?.finishedAt });
    expect(fresh.providers).toEqual({ total: 2, listed: 1 });
    expect(fresh.lastRun?.id).not.toBe(runId);
    const id = await openedRun(store.dataSource, { partner: 'planned' });
    expect((await partner('planned')).running?.id).toBe(id);
  });

  it('says until when a partner is fresh, and with which chance longer', async () => {
    await awayFromHour();
    expect(await partner('planned')).toMatchObject({ freshness: { freshUntil: null }, forecast: null });
    for (const name of ['planned', 'often']) await sync(store.dataSource, 'sample', [provider('1')], name);
    const rare = await partner('planned');
    const { lastSucceededAt, freshForMs, freshUntil } = rare.freshness;
    expect(Date.parse(freshUntil ?? '')).toBe(Date.parse(lastSucceededAt ?? '') + freshForMs);
    expect(rare.forecast).toEqual({
      runs: 0,
      chance: 0,
      latest: { succeeded: 1, ended: 1 },
      afterFailure: { succeeded: 0, ended: 0 },
    });
    expect((await ask<string>(api, '/partners', HTML)).body).toContain('No scheduled sync ends before then.');

    const { forecast } = await partner('often');
    expect(forecast?.runs).toBe(24);
    expect(forecast?.chance).toBeCloseTo(1 - (1 - 2 / 3) * (1 - 1 / 2) ** 23);
    expect((await ask<string>(api, '/partners', HTML)).body).toContain(
      '24 syncs end before then. The chance that one of them succeeds is over 99 %: the only sync so far succeeded.',
    );
    expect((await ask<string>(api, '/', HTML)).body).toMatch(
      /Its data stops being fresh <time[^>]*>in 23 hours<\/time>; chance to stay fresh: over 99 %\./,
    );
  });

  it('warns of a partner whose syncs fail, and that will probably not stay fresh', async () => {
    const code = 'partner-soon-stale';
    await sync(store.dataSource, 'sample', [provider('1')], 'planned');
    expect(codesOf(await healthOf(api))).not.toContain(code);
    await endedRun(store.dataSource, { partner: 'planned', failure: 'PartnerError', ago: '-5 s' });
    const { findings } = await healthOf(api);
    expect(findings.find((one) => one.code === code)).toMatchObject({
      severity: 'degraded',
      partner: 'planned',
      what: expect.stringMatching(
        /^planned is fresh until \S+Z, and will probably not stay fresh\. No scheduled sync ends before then\.$/,
      ),
    });
  });

  it('pauses and resumes a schedule, with a note', async () => {
    const act = (action: string, body?: object) =>
      ask<PartnerView>(api, `/api/v1/partners/planned/schedule/${action}`, {
        method: 'POST',
        ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
      });
    const paused = await act('pause', { note: 'Their server moves' });
    expect(paused.body.schedule).toMatchObject({
      paused: true,
      note: 'Their server moves',
      nextRunAt: null,
      nextRunsAt: [],
    });
    expect((await partner('planned')).schedule?.paused).toBe(true);
    const resumed = await act('resume');
    expect(resumed.body.schedule).toMatchObject({ paused: false, note: 'Resumed through the API' });
  });

  it('says that the partner or the schedule does not exist', async () => {
    const post = { method: 'POST' };
    expect((await ask(api, '/api/v1/partners/unknown')).status).toBe(404);
    expect((await ask(api, '/api/v1/partners/unknown/schedule/pause', post)).status).toBe(404);
    const { status, body } = await ask(api, '/api/v1/partners/unplanned/schedule/resume', post);
    expect([status, body.detail]).toEqual([409, 'unplanned has no schedule; add one to partners.yaml.']);
  });

  it('leaves the schedule of a partner that is no longer configured alone, on its page too', async () => {
    const other = await startTestApi({
      dataSource: store.dataSource,
      client,
      temporal,
      partners: partnersWithSchedules({ unplanned: undefined }),
    });
    for (const path of ['/api/v1/partners/planned/schedule/pause', '/partners/planned/schedule/pause']) {
      expect((await ask(other, path, { method: 'POST' })).status).toBe(404);
    }
    await other.close();
    expect((await partner('planned')).schedule?.paused).toBe(false);
  });
});

describe('/api/v1/stats and /metrics', () => {
  it('show sizes, outcomes and durations, of all partners or of one', async () => {
    await sync(store.dataSource, 'sample', [provider('1'), provider('2')], 'planned');
    await sync(store.dataSource, 'sample', [provider('3')], 'unplanned');
    const all = await ask(api, '/api/v1/stats');
    expect(all.body).toMatchObject({
      providers: { total: 3, listed: 3 },
      partners: [
        {
          partner: 'planned',
          last24Hours: { succeeded: 1, failed: 0 },
          duration: { median: expect.any(Number) },
        },
        { partner: 'unplanned', providers: { total: 1 } },
      ],
    });
    expect(all.body.series).toHaveLength(14);
    const one = await ask(api, '/api/v1/stats?partner=unplanned&days=1');
    expect(one.body).toMatchObject({ providers: { total: 1 }, partners: [{ partner: 'unplanned' }] });
    expect(one.body.series).toHaveLength(24);

    const { body: metrics } = await ask<string>(api, '/metrics');
    expect(metrics).toContain('provider_sync_providers{partner="planned"} 2');
    expect(metrics).toContain('provider_sync_fresh{partner="unplanned"} 1');
    expect(metrics).toContain('provider_sync_runs_last_24_hours{partner="planned",status="succeeded"} 1');
    expect(metrics).toContain('provider_sync_store_up 1');
    expect(metrics).toContain(
      'provider_sync_http_request_duration_seconds_count{method="GET",route="/api/v1/stats"',
    );
  });

  it('show what waits to be stored, how long data counts as fresh, and failed runs in a row', async () => {
    const metrics = async () => (await ask<string>(api, '/metrics')).body;
    await sync(store.dataSource, 'sample', [provider('1')], 'planned');
    for (const _ of [1, 2]) {
      const runId = await openedRun(store.dataSource, { partner: 'planned' });
      const failure = { type: 'PartnerTimeout', message: 'No answer.' } as const;
      await closeRun(store.dataSource, { runId, status: 'failed', failure, calls: [] });
    }
    const running = await openedRun(store.dataSource, { partner: 'planned' });
    const of = { partner: 'planned' };
    await stageRecords(store.dataSource, running, 1, [provider('1'), provider('2')], of);
    await stageRecords(store.dataSource, running, 2, [provider('3')], of);
    expect(await metrics()).toContain('provider_sync_staged_records{partner="planned"} 3');
    expect(await metrics()).toContain('provider_sync_staged_records{partner="unplanned"} 0');
    expect(await metrics()).toContain('provider_sync_fresh_for_seconds{partner="planned"} 86400');
    expect(await metrics()).toContain('provider_sync_runs_failed_in_a_row{partner="planned"} 2');
    await abandonRun(store.dataSource, running);
    expect(await metrics()).toContain('provider_sync_staged_records{partner="planned"} 0');
  });

  it('show no figures of a directory that cannot be read, and say so', async () => {
    await sync(store.dataSource, 'sample', [provider('1')], 'planned');
    const figures = async () => {
      const { body } = await ask<string>(api, '/metrics');
      const isOfDirectory =
        /^provider_sync_(?!(health|finding|workers_polling|runs_waiting|oldest_waiting_run_age_seconds)\b|http_)/;
      return body.split('\n').filter((line) => isOfDirectory.test(line));
    };
    const query = jest.spyOn(store.dataSource, 'query');
    expect(await figures()).toContain('provider_sync_fresh{partner="planned"} 1');
    expect(query.mock.calls.filter(([sql]) => sql.includes('"lastSuccessId"'))).toHaveLength(1);
    query.mockRestore();
    await store.dataSource.query('ALTER TABLE sync_runs RENAME TO gone');
    try {
      expect(await figures()).toEqual(['provider_sync_store_up 0']);
    } finally {
      await store.dataSource.query('ALTER TABLE gone RENAME TO sync_runs');
    }
    expect(await figures()).toContain('provider_sync_fresh{partner="planned"} 1');
  });
});
