import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Step } from '../../../src/simulator/simulator';
import { getRun, listRuns } from '../../../src/store/runs/read-runs';
import { applySchedules } from '../../../src/temporal/schedules/apply-schedules';
import {
  backfillSchedule,
  pauseSchedule,
  readSchedule,
  resumeSchedule,
  triggerSchedule,
} from '../../../src/temporal/schedules/schedules';
import { ask, startTestApi } from '../../support/api';
import { runHere } from '../../support/command-here';
import { partnersFileWith } from '../../support/partners';
import { until } from '../../support/scenario';
import { awayFromHour, partnersWithSchedules } from '../../support/schedules';
import { useSystem } from '../../support/system';

/*
 * A partner that keeps failing is asked less often. Times of the schedule are hours apart: the runs of these tests are
 * started by hand, which a back-off never prevents.
 */

const PARTNER = 'noteworth';
const FAILING: Step[] = ['unauthorized'];
const HOUR_MS = 3_600_000;
const BACK_OFF = { after: 2, atMost: '12h' };
const HOURLY = { every: '1h', backOff: BACK_OFF };

// A quarter of the time for which the data is fresh is the bound: 6 hours.
const system = useSystem({ freshFor: '24h', schedule: { backOff: BACK_OFF } });
let owner: { partner: string; taskQueue: string };

beforeAll(() => {
  owner = { partner: PARTNER, taskQueue: system.config.taskQueue };
});
beforeEach(async () => {
  await awayFromHour();
  system.simulator.reset();
  await system.dataSource.query('TRUNCATE sync_runs, providers CASCADE');
});
afterEach(async () => {
  await handle().delete();
  await until(async () => (await runs('running')).length === 0);
});

const handle = () => system.client.schedule.getHandle(`${owner.taskQueue}.${PARTNER}`);
const partnersWith = (schedule: object) => partnersWithSchedules({ [PARTNER]: schedule });
const apply = (schedule: object) => applySchedules(system.client, owner.taskQueue, partnersWith(schedule));
const runs = async (status?: 'running' | 'succeeded' | 'failed') =>
  (await listRuns(system.dataSource, { status, limit: 100 })).items;
const state = async () => {
  const found = await readSchedule(system.client, owner);
  if (!found) throw new Error('there is no schedule');
  return found;
};
const backsOff = async () => (await state()).backOffUntil !== null;

/** Starts a run by hand, and waits until it has ended and the schedule has noticed it. */
async function started(auth: Step[] = FAILING) {
  system.simulator.script('auth', auth);
  const result = await triggerSchedule(system.client, owner);
  if (result.status !== 'started') throw new Error(`the run was ${result.status}`);
  const run = () => getRun(system.dataSource, result.workflowId);
  await until(async () => ((await run())?.status ?? 'running') !== 'running');
  await until(async () => (await handle().describe()).info.runningActions.length === 0);
  return (await run())?.status;
}

/** Hours from the start of the last run to the next one of the schedule. */
async function hoursToNext(): Promise<number> {
  const [last] = await runs();
  return (Date.parse((await state()).nextRunAt ?? '') - Date.parse(last?.startedAt ?? '')) / HOUR_MS;
}

/** Waits until the next run is this many hours after the last one, to the nearest time of the schedule. */
const isNextAfter = (hours: number) =>
  until(async () => Math.abs((await hoursToNext()) - hours) <= 0.5 + 1 / 3600);

async function failing(times: number): Promise<void> {
  for (let run = 1; run <= times; run += 1) expect(await started()).toBe('failed');
  await until(backsOff);
}

describe('a partner that keeps failing', () => {
  it('is asked less often after each failed run, up to a bound, and as usual after one that succeeded', async () => {
    await apply(HOURLY);
    expect(await started()).toBe('failed');
    expect(await state()).toMatchObject({ backOffUntil: null, note: null });
    for (const hours of [2, 4, 6, 6]) {
      expect(await started()).toBe('failed');
      await isNextAfter(hours);
    }
    expect(await state()).toMatchObject({
      paused: false,
      times: 'Every hour',
      note: expect.stringMatching(
        /^Asked less often, because 5 syncs in a row failed\. No scheduled sync before \S+Z\. The last failure: RequestRejected: /,
      ),
    });
    // No run was started for the times that were left out.
    expect(await runs()).toHaveLength(5);

    expect(await started([])).toBe('succeeded');
    await until(async () => !(await backsOff()));
    expect(await state()).toMatchObject({ note: null });
    expect(await hoursToNext()).toBeLessThanOrEqual(1);
  });

  it('is asked by its schedule again without a change by anyone', async () => {
    await apply({ every: '2s', backOff: BACK_OFF });
    system.simulator.script('auth', ['unauthorized', 'unauthorized', 'unauthorized']);
    await until(async () => (await runs('succeeded')).length >= 2);
    expect((await runs('failed')).length).toBe(3);
    await until(async () => !(await backsOff()));
  });

  it('is asked less often if its runs are started by hand too, and a backfill starts one at once', async () => {
    await apply(HOURLY);
    for (const _ of [1, 2]) expect((await system.sync({ auth: FAILING })).run.status).toBe('failed');
    await until(backsOff);
    system.simulator.reset();
    const range = { from: new Date(Date.now() - 3 * HOUR_MS), to: new Date() };
    expect((await backfillSchedule(system.client, owner, range)).status).toBe('started');
    await until(async () => (await runs('succeeded')).length === 1);
    expect(await backsOff()).toBe(false);
  });

  it('stays so when schedules are applied, unless they have no back-off', async () => {
    await apply(HOURLY);
    await failing(2);
    const before = (await state()).backOffUntil;
    expect(await apply(HOURLY)).toMatchObject([{ change: 'unchanged' }]);
    const twoHourly = { every: '2h', backOff: BACK_OFF };
    expect(await apply(twoHourly)).toMatchObject([
      {
        change: 'updated',
        differences: [{ setting: 'times', found: 'every hour', wanted: 'every 2 hours' }],
      },
    ]);
    await until(async () => (await state()).times === 'Every 2 hours');
    expect((await state()).backOffUntil).toBe(before);
    const never = { every: '2h', backOff: { atMost: '0' } };
    expect(await apply(never)).toMatchObject([{ change: 'updated', differences: [{ setting: 'back-off' }] }]);
    await until(async () => !(await backsOff()));
    expect((await state()).note).toBeNull();
    expect(await apply(never)).toMatchObject([{ change: 'unchanged' }]);
  });

  it('is asked as usual after an operator resumed the schedule, until as many runs failed again', async () => {
    await apply(HOURLY);
    await failing(3);
    await pauseSchedule(system.client, owner, 'Their server moves');
    await resumeSchedule(system.client, owner, 'It has moved');
    await until(async () => !(await backsOff()));
    expect(await started()).toBe('failed');
    expect(await state()).toMatchObject({ backOffUntil: null, note: 'It has moved' });
    await failing(1);
    await isNextAfter(2);
  });

  it('is left alone while its schedule is paused', async () => {
    await apply(HOURLY);
    await pauseSchedule(system.client, owner, 'Until Monday');
    for (const _ of [1, 2, 3]) expect(await started()).toBe('failed');
    expect(await state()).toMatchObject({ paused: true, backOffUntil: null, note: 'Until Monday' });
  });

  it('is shown as such by the API, on the pages and by schedules list', async () => {
    await apply(HOURLY);
    await failing(2);
    const { client, config, dataSource } = system;
    const api = await startTestApi({ dataSource, client, temporal: config, partners: partnersWith(HOURLY) });
    const page = async (path: string) =>
      (await ask<string>(api, path, { headers: { Accept: 'text/html' } })).body;
    try {
      const { backOffUntil } = await state();
      const { body } = await ask(api, `/api/v1/partners/${PARTNER}`);
      expect(body).toMatchObject({ schedule: { backOffUntil } });
      expect(await page('/partners')).toMatch(
        /Every hour\. <strong[^>]*>Backs off\.<\/strong>.*Asked less often, because 2/s,
      );
      const overview = await page('/');
      expect(overview).toContain('Asked less often, because its syncs fail.');
      expect(overview).toContain('Until a sync succeeds, scheduled ones are rarer');
    } finally {
      await api.close();
    }
    const folder = await mkdtemp(join(tmpdir(), 'provider-sync-back-off-'));
    try {
      await writeFile(join(folder, 'partners.yaml'), partnersFileWith({ schedule: HOURLY }));
      const { stdout } = await runHere(['schedules', 'list'], {
        DATA_DIR: folder,
        PARTNERS_FILE: join(folder, 'partners.yaml'),
        TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
        TASK_QUEUE: owner.taskQueue,
        PAYLOAD_KEYS: `test:${Buffer.alloc(32, 1).toString('base64')}`,
      });
      expect(stdout).toMatch(/^noteworth +Every hour +backs off .*Asked less often, because 2/m);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
