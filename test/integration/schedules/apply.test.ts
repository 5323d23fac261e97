import { randomUUID } from 'node:crypto';
import { type Client, type ScheduleDescription, ScheduleOverlapPolicy } from '@temporalio/client';
import { applySchedules } from '../../../src/temporal/schedules/apply-schedules';
import { scheduleClient } from '../../../src/temporal/schedules/schedule-client';
import { pauseSchedule, resumeSchedule } from '../../../src/temporal/schedules/schedules';
import { runProgram } from '../../support/command';
import { connectTestClient } from '../../support/connect-test-client';
import { until } from '../../support/scenario';
import { NEVER, partnersWithSchedules, removeSchedules, scheduleIds } from '../../support/schedules';
import { testTemporalConfig } from '../../support/temporal-config';

let client: Client;
/** Each test has its own task queue, and so its own schedules. */
let taskQueue: string;

beforeAll(async () => {
  client = await connectTestClient(testTemporalConfig());
});
afterAll(() => client.connection.close());
beforeEach(() => {
  taskQueue = randomUUID();
});
afterEach(() => removeSchedules(client, taskQueue));

type Schedules = Parameters<typeof partnersWithSchedules>[0];

/** Applies schedules and returns the change of each partner. */
async function apply(schedules: Schedules, options: { dryRun?: boolean; prune?: boolean } = {}) {
  const applied = await applySchedules(client, taskQueue, partnersWithSchedules(schedules), options);
  return Object.fromEntries(applied.map(({ partner, change }) => [partner, change]));
}

const handle = (partner: string) => client.schedule.getHandle(`${taskQueue}.${partner}`);
const owner = (partner: string) => ({ partner, taskQueue });
const listed = () => scheduleIds(client, taskQueue);
const ids = (...partners: string[]) => partners.map((partner) => `${taskQueue}.${partner}`);

describe('applying the schedules of partners.yaml', () => {
  it('creates one for each partner that has one, with every setting explicit', async () => {
    const jittered = { ...NEVER, jitter: '5m', catchUpWindow: '2h' };
    const daily = { cron: '0 5 * * 1-5', timeZone: 'Europe/Zurich', paused: true };
    expect(await apply({ often: jittered, daily, none: undefined })).toEqual({
      often: 'created',
      daily: 'created',
    });
    await until(async () => (await listed()).length === 2);
    expect(await listed()).toEqual(ids('daily', 'often'));

    const [first, second] = await Promise.all([handle('often').describe(), handle('daily').describe()]);
    expect(first).toMatchObject({
      policies: { overlap: 'SKIP', catchupWindow: 7_200_000, pauseOnFailure: false },
      spec: { intervals: [{ every: 366 * 86_400_000 }], jitter: 300_000 },
      action: {
        workflowType: 'syncProviders',
        taskQueue,
        workflowId: `${taskQueue}.often`,
        args: [{ partner: 'often' }],
        memo: { trigger: 'schedule' },
      },
      state: { paused: false },
      info: { numActionsTaken: 0 },
    });
    expect(second).toMatchObject({
      spec: { calendars: [{ hour: [{ start: 5 }] }], timezone: 'Europe/Zurich' },
      state: { paused: true, note: 'Paused in partners.yaml' },
    });
  });

  it.each<[string, object]>([
    ['every', { every: '90s', jitter: '10s' }],
    ['cron', { cron: '*/10 5,6 1-7 * MON', timeZone: 'America/New_York', jitter: '1m' }],
    ['a name', { cron: '@daily', paused: true }],
    ['a zone of the same time as UTC', { cron: '0 5 * * *', timeZone: 'Etc/UTC' }],
  ])('changes nothing the second time, whatever Temporal made of it: %s', async (_name, schedule) => {
    const paused = { ...schedule, paused: true };
    expect(await apply({ one: paused })).toEqual({ one: 'created' });
    expect(await apply({ one: paused })).toEqual({ one: 'unchanged' });
  });

  it('creates one, even if several processes apply at the same time', async () => {
    const changes = await Promise.all([1, 2, 3, 4, 5].map(() => apply({ one: NEVER })));
    expect(changes.map(({ one }) => one).sort()).toEqual([
      'created',
      'unchanged',
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
    await until(async () => (await listed()).length > 0);
    expect(await listed()).toEqual(ids('one'));
  });

  it('updates what changed, and lists the differences', async () => {
    await apply({ one: { ...NEVER, jitter: '1m' } });
    const partners = partnersWithSchedules({ one: { cron: '@daily', catchUpWindow: '2d' } });
    const [applied] = await applySchedules(client, taskQueue, partners);
    expect(applied).toMatchObject({ partner: 'one', change: 'updated' });
    expect(applied?.differences).toEqual([
      { setting: 'times', found: 'every 366 days', wanted: 'at @daily (UTC)' },
      { setting: 'jitter', found: '1 minute', wanted: '0 milliseconds' },
      { setting: 'catch-up window', found: '1 hour', wanted: '2 days' },
    ]);
    expect(await apply({ one: { cron: '@daily', catchUpWindow: '2d' } })).toEqual({ one: 'unchanged' });
  });

  it('keeps it when the partner or its schedule is gone, and shows how to remove it', async () => {
    await apply({ stays: NEVER, loses: NEVER, goes: NEVER });
    await until(async () => (await listed()).length === 3);
    const partners = partnersWithSchedules({ stays: NEVER, loses: undefined });
    const applied = await applySchedules(client, taskQueue, partners);
    expect(applied.filter(({ partner }) => partner !== 'stays')).toEqual(
      ['goes', 'loses'].map((partner) => ({
        partner,
        scheduleId: `${taskQueue}.${partner}`,
        change: 'kept',
        differences: [],
        reason: expect.stringContaining('npx provider-sync schedules apply --prune'),
      })),
    );
    expect(await listed()).toEqual(ids('goes', 'loses', 'stays'));
  });

  it('removes it when the partner or its schedule is gone, with prune', async () => {
    await apply({ stays: NEVER, loses: NEVER, goes: NEVER });
    await until(async () => (await listed()).length === 3);
    expect(await apply({ stays: NEVER, loses: undefined }, { prune: true })).toEqual({
      stays: 'unchanged',
      goes: 'removed',
      loses: 'removed',
    });
    await until(async () => (await listed()).length === 1);
    expect(await listed()).toEqual(ids('stays'));
  });

  it('changes nothing in a dry run, which reports the same', async () => {
    await apply({ changes: NEVER, goes: NEVER });
    await until(async () => (await listed()).length === 2);
    const before = await handle('changes').describe();
    const wanted = { changes: { cron: '@daily' }, comes: NEVER };
    const said = { changes: 'updated', comes: 'created', goes: 'removed' };
    expect(await apply(wanted, { dryRun: true, prune: true })).toEqual(said);
    expect((await handle('changes').describe()).raw.schedule).toEqual(before.raw.schedule);
    await expect(handle('comes').describe()).rejects.toThrow();
    expect(await apply(wanted, { prune: true })).toEqual(said);
  });

  it('reports what Temporal refuses, and applies the others', async () => {
    const partners = partnersWithSchedules({ wrong: { cron: '99 5 * * *' }, right: NEVER });
    expect(await applySchedules(client, taskQueue, partners)).toMatchObject([
      { partner: 'wrong', change: 'refused', reason: expect.stringContaining('Minute is not in range') },
      { partner: 'right', change: 'created' },
    ]);
  });
});

describe('an operator’s change of a schedule', () => {
  const paused = async () => {
    const { state } = await handle('one').describe();
    return [state.paused, state.note];
  };

  it('stays if it is a pause or a resumption', async () => {
    await apply({ one: NEVER });
    await pauseSchedule(client, owner('one'), 'They are moving house');
    expect(await apply({ one: NEVER })).toEqual({ one: 'unchanged' });
    expect(await apply({ one: { ...NEVER, jitter: '1m' } })).toEqual({ one: 'updated' });
    expect(await paused()).toEqual([true, 'They are moving house']);
    await resumeSchedule(client, owner('one'), 'They have moved');
    expect(await apply({ one: { ...NEVER, jitter: '2m' } })).toEqual({ one: 'updated' });
    expect(await paused()).toEqual([false, 'They have moved']);
  });

  it('of the pause is overruled only when paused in partners.yaml changes', async () => {
    await apply({ one: { ...NEVER, paused: true } });
    await resumeSchedule(client, owner('one'), 'By hand');
    expect(await apply({ one: { ...NEVER, paused: true } })).toEqual({ one: 'unchanged' });
    expect(await paused()).toEqual([false, 'By hand']);
    await pauseSchedule(client, owner('one'), 'By hand');
    expect(await apply({ one: NEVER })).toEqual({ one: 'updated' });
    expect((await paused())[0]).toBe(false);
    expect(await apply({ one: { ...NEVER, paused: true } })).toEqual({ one: 'updated' });
    expect(await paused()).toEqual([true, 'Paused in partners.yaml']);
  });

  type Change = (found: ScheduleDescription) => object;
  it.each<[string, Change]>([
    [
      'overlap policy',
      () => ({ policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL, catchupWindow: 3.6e6 } }),
    ],
    ['task queue', ({ action }) => ({ action: { ...action, taskQueue: 'elsewhere' } })],
    ['workflow', ({ action }) => ({ action: { ...action, workflowId: 'mine' } })],
    ['input', ({ action }) => ({ action: { ...action, args: [{ partner: 'other' }] } })],
    ['limit of runs', ({ state }) => ({ state: { ...state, remainingActions: 3 } })],
    ['times', () => ({ spec: { calendars: [{ hour: 7 }], timezone: 'UTC' } })],
    ['times', ({ spec }) => ({ spec: { ...spec, endAt: new Date(4e12) } })],
  ])('is put back where it is a change of the %s', async (setting, change) => {
    const schedule = { cron: '0 5 * * *' };
    await apply({ one: schedule });
    await scheduleClient(client)
      .getHandle(`${taskQueue}.one`)
      .update((found) => ({ ...found, ...change(found) }));
    const partners = partnersWithSchedules({ one: schedule });
    const [applied] = await applySchedules(client, taskQueue, partners);
    expect(applied).toMatchObject({ change: 'updated', differences: [{ setting }] });
    expect(await apply({ one: schedule })).toEqual({ one: 'unchanged' });
  });
});

describe('schedules that provider-sync did not create', () => {
  const foreign = (scheduleId: string, by = client) =>
    by.schedule.create({
      scheduleId,
      spec: { intervals: [{ every: '366d' }] },
      action: { type: 'startWorkflow', workflowType: 'syncProviders', taskQueue, args: [] },
      memo: { team: 'another' },
    });

  it('are neither changed nor removed, even if one has a name of ours', async () => {
    await foreign(`${taskQueue}.one`);
    await foreign(`${taskQueue}.gone`);
    await until(async () => (await listed()).length === 2);
    const [applied] = await applySchedules(client, taskQueue, partnersWithSchedules({ one: NEVER }));
    expect(applied).toMatchObject({
      change: 'refused',
      reason: expect.stringContaining(`a schedule ${taskQueue}.one that provider-sync did not make`),
    });
    expect((await handle('one').describe()).memo).toEqual({ team: 'another' });
    expect(await listed()).toEqual(ids('gone', 'one'));
  });

  it('are left alone if they belong to another task queue and cannot be decrypted', async () => {
    const other = await connectTestClient(testTemporalConfig());
    const longer = `${taskQueue}.staging`;
    await applySchedules(other, longer, partnersWithSchedules({ one: NEVER }));
    await foreign(`${taskQueue}-by-hand`, other);
    await until(async () => (await listed()).length === 2);
    expect(await apply({ none: undefined })).toEqual({});
    expect(await listed()).toEqual([`${taskQueue}-by-hand`, `${longer}.one`]);
    await other.connection.close();
  });
});

describe('an encrypted schedule of an earlier version', () => {
  /** Encrypts the action of the schedule with the key of this client. */
  const encrypt = (encrypting: Client, partner: string) =>
    encrypting.schedule
      .getHandle(`${taskQueue}.${partner}`)
      .update((found) => ({ ...found, action: { ...found.action, args: [{ partner }] } }));
  const startOf = async (partner: string) =>
    (await handle(partner).describe()).raw.schedule?.action?.startWorkflow ?? {};

  it('is written in plaintext when it is applied, and keeps its memo', async () => {
    await apply({ one: NEVER });
    await resumeSchedule(client, owner('one'), 'seen');
    const seen = (await handle('one').describe()).action.memo;
    await encrypt(client, 'one');
    expect(JSON.stringify(await startOf('one'))).toContain('encryption-key-id');
    expect(await apply({ one: NEVER })).toEqual({ one: 'updated' });
    expect(await apply({ one: NEVER })).toEqual({ one: 'unchanged' });
    expect(JSON.stringify(await startOf('one'))).not.toContain('encryption-key-id');
    expect((await handle('one').describe()).action).toMatchObject({ args: [{ partner: 'one' }], memo: seen });
  });

  it('is written in plaintext even without the key, and stays paused', async () => {
    const gone = await connectTestClient(testTemporalConfig());
    await apply({ one: NEVER });
    await pauseSchedule(client, owner('one'), 'by an operator');
    await encrypt(gone, 'one');
    expect(await apply({ one: NEVER })).toEqual({ one: 'updated' });
    expect(await apply({ one: NEVER })).toEqual({ one: 'unchanged' });
    const { action, state } = await handle('one').describe();
    expect(action.args).toEqual([{ partner: 'one' }]);
    expect(state).toMatchObject({ paused: true, note: 'by an operator' });
    await gone.connection.close();
  });

  it('has its own partner as input after it is resumed without the key', async () => {
    const gone = await connectTestClient(testTemporalConfig());
    await apply({ one: { ...NEVER, paused: true } });
    await encrypt(gone, 'one');
    await resumeSchedule(client, owner('one'), 'by an operator');
    const { action, state } = await handle('one').describe();
    expect(action.args).toEqual([{ partner: 'one' }]);
    expect(action.memo).toMatchObject({ trigger: 'schedule' });
    expect(state.paused).toBe(false);
    await gone.connection.close();
  });

  it('can be described by Temporal’s CLI, with its summary', async () => {
    await apply({ one: NEVER });
    const { code, stdout, stderr } = await runProgram(process.env.TEMPORAL_CLI_PATH ?? '', [
      ...['schedule', 'describe', '--schedule-id', `${taskQueue}.one`],
      ...['--address', process.env.TEST_TEMPORAL_ADDRESS ?? ''],
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`${taskQueue}.one`);
    expect((await handle('one').describe()).action.staticSummary).toBe('Scheduled sync of one');
  });
});
