import { pauseFailingSchedule } from '../../../activities/pause-failing-schedule';
import { createLogger } from '../../../src/process/logger';
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
import { until } from '../../support/scenario';
import { awayFromHour, NEVER, partnersWithSchedules } from '../../support/schedules';
import { useSystem } from '../../support/system';

const PARTNER = 'noteworth';
const HANGING: Step[] = ['hangForever'];
const FAILING: Step[] = ['unauthorized'];
const PAUSE_AFTER = 2;

// A call without an answer lasts until the test is over.
const system = useSystem({ deadline: '1m', schedule: { pauseAfterFailures: PAUSE_AFTER } });
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
  await cancelRunning();
});

const handle = () => system.client.schedule.getHandle(`${owner.taskQueue}.${PARTNER}`);
const apply = (schedule: object) =>
  applySchedules(system.client, owner.taskQueue, partnersWithSchedules({ [PARTNER]: schedule }));
const runs = async (status?: 'running' | 'succeeded' | 'failed' | 'skipped') =>
  (await listRuns(system.dataSource, { status, limit: 100 })).items;
const state = async () => {
  const found = await readSchedule(system.client, owner);
  if (!found) throw new Error('there is no schedule');
  return found;
};

/** Cancels the runs that hang, and waits for the end of all. */
async function cancelRunning(): Promise<void> {
  for (const { workflowId } of await runs('running')) {
    // It may have just ended.
    await system.client.workflow
      .getHandle(workflowId)
      .cancel()
      .catch(() => undefined);
  }
  await until(async () => (await runs('running')).length === 0);
}

/** Waits until the schedule has noticed the end of its last run. */
const isFree = () => until(async () => (await handle().describe()).info.runningActions.length === 0);

/** Triggers the schedule and waits for the end of its run. */
async function triggered(auth: Step[] = []) {
  system.simulator.script('auth', auth);
  const result = await triggerSchedule(system.client, owner);
  if (result.status !== 'started') throw new Error(`the run was ${result.status}`);
  const run = () => getRun(system.dataSource, result.workflowId);
  await until(async () => ((await run())?.status ?? 'running') !== 'running');
  await isFree();
  return (await run())?.status;
}

describe('a schedule', () => {
  it('starts runs, which are recorded with the trigger schedule', async () => {
    await apply({ every: '1s' });
    await until(async () => (await runs('succeeded')).length >= 2);
    const [last, ...others] = (await runs('succeeded')).map(({ trigger }) => trigger);
    expect([last, ...others]).toEqual([last, ...others].map(() => 'schedule'));
    const query = `TaskQueue = '${owner.taskQueue}' AND SyncTrigger = 'schedule' AND SyncOutcome = 'succeeded'`;
    await until(async () => {
      const { count } = await system.client.workflow.count(query);
      return count >= 2;
    });
    expect(await state()).toMatchObject({ times: 'Every second', paused: false, missed: 0 });
  });

  it('skips times at which its last run is still running', async () => {
    system.simulator.script('auth', HANGING);
    await apply({ every: '1s' });
    await until(async () => (await state()).skipped > 0);
    const { runningActions } = (await handle().describe()).info;
    expect(runningActions.length).toBeLessThanOrEqual(1);
    expect(await runs('skipped')).toEqual([]);
  });

  it('starts a run when it is triggered, even while it is paused', async () => {
    await apply(NEVER);
    await pauseSchedule(system.client, owner, 'for the test');
    expect(await triggered()).toBe('succeeded');
    expect((await runs()).map(({ trigger }) => trigger)).toEqual(['schedule']);
    expect((await state()).paused).toBe(true);
  });

  it('starts none when it is triggered while its last run is running, and names that run', async () => {
    await apply(NEVER);
    system.simulator.script('auth', HANGING);
    const first = await triggerSchedule(system.client, owner);
    if (first.status !== 'started') throw new Error('the first was not started');
    expect(await triggerSchedule(system.client, owner)).toEqual({
      status: 'skipped',
      holder: first.workflowId,
    });
    await until(async () => (await runs()).length === 1);
    await cancelRunning();
    expect((await runs()).map(({ workflowId }) => workflowId)).toEqual([first.workflowId]);
  });

  it.each<[string, object, number, string]>([
    ['few times', { cron: '0 * * * *' }, 3, ':00:00Z'],
    ['many times that were scattered', { every: '2s', jitter: '1m', paused: true }, 1, 'Z'],
  ])('starts one run for a backfill of %s', async (_name, schedule, hours, time) => {
    await apply(schedule);
    const to = new Date(Date.now() - 1);
    const from = new Date(to.getTime() - hours * 3_600_000);
    const result = await backfillSchedule(system.client, owner, { from, to });
    if (result.status !== 'started') throw new Error('nothing was started');
    expect(result.workflowId.endsWith(time)).toBe(true);
    // The run after it must not be another run of the backfill.
    await until(async () => (await runs('succeeded')).length === 1);
    await isFree();
    expect(await triggered()).toBe('succeeded');
    expect(await runs()).toHaveLength(2);
    expect((await state()).skipped).toBe(0);
  });

  it('starts none for a backfill while its last run is running', async () => {
    await apply({ cron: '0 * * * *' });
    system.simulator.script('auth', HANGING);
    const first = await triggerSchedule(system.client, owner);
    const from = new Date(Date.now() - 3 * 3_600_000);
    const second = await backfillSchedule(system.client, owner, { from, to: new Date() });
    expect([first.status, second.status]).toEqual(['started', 'skipped']);
    await until(async () => (await runs()).length === 1);
  });

  it('starts none for a backfill without a time of the schedule', async () => {
    await apply({ cron: '0 5 * * *' });
    const from = new Date('2026-01-02T05:00:01Z');
    const to = new Date('2026-01-02T06:00:00Z');
    expect(await backfillSchedule(system.client, owner, { from, to })).toEqual({ status: 'none' });
  });
});

describe('a schedule whose runs keep failing', () => {
  it('is paused with a reason, and after its resumption only when as many runs failed again', async () => {
    await apply(NEVER);
    expect(await triggered(FAILING)).toBe('failed');
    expect((await state()).paused).toBe(false);
    expect(await triggered(FAILING)).toBe('failed');
    expect(await state()).toMatchObject({
      paused: true,
      note: 'Paused by provider-sync after 2 failed runs in a row, the last RequestRejected: The partner refused the request itself: a redirect or a 4xx answer.',
    });
    expect(await apply(NEVER)).toMatchObject([{ change: 'unchanged' }]);

    await resumeSchedule(system.client, owner, 'They have mended it');
    expect(await triggered(FAILING)).toBe('failed');
    expect(await state()).toMatchObject({ paused: false, note: 'They have mended it' });
    expect(await triggered(FAILING)).toBe('failed');
    expect((await state()).paused).toBe(true);
  });

  it('counts anew after another tool resumed it', async () => {
    await apply(NEVER);
    for (const status of ['failed', 'failed']) expect(await triggered(FAILING)).toBe(status);
    expect((await state()).paused).toBe(true);
    await handle().unpause('by hand');
    expect(await triggered(FAILING)).toBe('failed');
    expect((await state()).paused).toBe(false);
  });

  it('is not paused if a run succeeded in between', async () => {
    await apply(NEVER);
    for (const [answers, status] of [
      [FAILING, 'failed'],
      [[], 'succeeded'],
      [FAILING, 'failed'],
    ] as const) {
      expect(await triggered([...answers])).toBe(status);
    }
    expect((await state()).paused).toBe(false);
  });

  it('does not matter to the end of a run if it no longer exists', async () => {
    await apply(NEVER);
    await handle().delete();
    for (const _ of [1, 2, 3]) {
      const { run } = await system.sync({ auth: FAILING });
      expect(run.status).toBe('failed');
    }
    expect(system.log()).not.toContain('Could not pause');
    await apply(NEVER);
  });

  it('lets a run end even if Temporal does not answer', async () => {
    await apply(NEVER);
    await handle().pause('so that these failures pause nothing');
    const failures = [await triggered(FAILING), await triggered(FAILING)];
    expect(failures).toEqual(['failed', 'failed']);
    const lines: string[] = [];
    const dependencies = {
      partners: partnersWithSchedules({ [PARTNER]: { ...NEVER, pauseAfterFailures: PAUSE_AFTER } }),
      dataSource: system.dataSource,
      temporal: { pauseFailingSchedule: () => Promise.reject(new Error('Temporal is away')) },
      log: createLogger('warn', { write: (line) => lines.push(line) }),
    };
    await pauseFailingSchedule(dependencies, PARTNER, { type: 'RequestRejected', message: '' });
    expect(lines.join()).toMatch(/Temporal is away.*Could not pause the schedule/);
  });
});
