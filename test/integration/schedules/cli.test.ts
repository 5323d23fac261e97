import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, ScheduleClient } from '@temporalio/client';
import { runHere } from '../../support/command-here';
import { partnersFile } from '../../support/partners';

const taskQueue = randomUUID();
const env = {
  TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
  TASK_QUEUE: taskQueue,
  PAYLOAD_KEYS: `test:${randomBytes(32).toString('base64')}`,
};
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provider-sync-schedules-'));
});
afterAll(async () => {
  await declare({});
  await schedules('apply', '--prune');
  await rm(folder, { recursive: true });
});

/** Writes a partners.yaml with a partner that has this schedule, and one without a schedule. */
async function declare(schedule: Record<string, unknown>): Promise<void> {
  const none = { every: undefined, jitter: undefined };
  const wanted = Object.keys(schedule).length > 0 ? { ...none, ...schedule } : undefined;
  const text = partnersFile([
    ['north', { schedule: wanted }],
    ['south', { schedule: undefined }],
  ]);
  await writeFile(join(folder, 'partners.yaml'), text);
}

const schedules = (...args: string[]) =>
  runHere(['schedules', ...args], {
    ...env,
    DATA_DIR: folder,
    PARTNERS_FILE: join(folder, 'partners.yaml'),
  });

describe('schedules', () => {
  it('are applied: first in a dry run, then once, and then not again', async () => {
    await declare({ every: '366d' });
    const dry = await schedules('apply', '--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout).toMatch(/^north +created .*\nNothing was changed; these changes would be made\.\n$/m);
    expect((await schedules('list')).stdout).toMatch(/^north +none/m);

    expect((await schedules('apply')).stdout).toMatch(/^north +created/m);
    expect((await schedules('apply')).stdout).toMatch(/^north +unchanged/m);

    await declare({ every: '365d', jitter: '1m' });
    const { code, stdout } = await schedules('apply', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      dryRun: false,
      items: [
        {
          partner: 'north',
          scheduleId: `${taskQueue}.north`,
          change: 'updated',
          differences: [
            { setting: 'times', found: 'every 366 days', wanted: 'every 365 days' },
            { setting: 'jitter', found: '0 milliseconds', wanted: '1 minute' },
          ],
          reason: null,
        },
      ],
      pruning: 'unchanged',
    });
  });

  it('are listed with their next run, and partners without a schedule too', async () => {
    expect((await schedules('list')).stdout).toMatch(
      /^north +Every 365 days, up to 1 minute later +active +–.*\nsouth +none.*\n\nPARTNER +NEXT RUNS\n(north +\S+Z\n){5}/m,
    );
    const { items } = JSON.parse((await schedules('list', '--json')).stdout);
    expect(items).toEqual([
      {
        partner: 'north',
        schedule: {
          scheduleId: `${taskQueue}.north`,
          times: 'Every 365 days, up to 1 minute later',
          cron: null,
          timeZone: null,
          paused: false,
          backOffUntil: null,
          note: null,
          nextRunAt: expect.stringMatching(/Z$/),
          nextRunsAt: Array.from({ length: 5 }, () => expect.stringMatching(/Z$/)),
          lastRunAt: null,
          lastWorkflowId: null,
          skipped: 0,
          missed: 0,
        },
      },
      { partner: 'south', schedule: null },
    ]);
  });

  it('are paused with a note and resumed', async () => {
    const paused = await schedules('pause', 'north', '--note', 'They are moving house');
    expect(paused).toMatchObject({
      code: 0,
      stdout: 'The schedule of north is paused: They are moving house\n',
    });
    expect((await schedules('list')).stdout).toMatch(/^north .* paused +– .* They are moving house$/m);
    const resumed = await schedules('resume', 'north');
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toMatch(/^The schedule of north is active again; its next run is at \S+Z\.\n$/);
  });

  it('are paused, resumed and triggered with JSON for programs', async () => {
    const json = async (...args: string[]) => JSON.parse((await schedules(...args, '--json')).stdout);
    expect(await json('pause', 'north', '--note', 'Moving')).toMatchObject({
      partner: 'north',
      schedule: { paused: true, note: 'Moving' },
    });
    expect(await json('resume', 'north')).toMatchObject({ partner: 'north', schedule: { paused: false } });
  });

  it('start a run when triggered, and none while that one is running', async () => {
    const first = await schedules('trigger', 'north');
    expect(first.code).toBe(0);
    const [, workflowId = ''] = /^Started (\S+)\nSee more: .*\n$/.exec(first.stdout) ?? [];
    const second = await schedules('trigger', 'north');
    expect(second).toMatchObject({
      code: 3,
      stdout: `Skipped: ${workflowId} of the schedule of north is still running.\n`,
    });
    expect(JSON.parse((await schedules('trigger', 'north', '--json')).stdout)).toEqual({
      partner: 'north',
      status: 'skipped',
      holder: workflowId,
    });
    const from = new Date(Date.now() - 86_400_000).toISOString();
    await declare({ cron: '0 * * * *' });
    await schedules('apply');
    expect((await schedules('backfill', 'north', '--from', from)).code).toBe(3);
  });

  it.each([
    [['pause', 'nobody'], 'partners.yaml does not name a partner "nobody", only north, south.'],
    [['trigger', 'south'], 'south has no schedule; give it one in partners.yaml'],
    [['backfill', 'north', '--from', 'yesterday'], 'Write it like 2026-01-31T05:00:00Z.'],
    [['backfill', 'north', '--from', '2999-01-01', '--to', '2999-01-02'], '--to is in the future'],
    [['backfill', 'north', '--from', '2020-01-01'], 'at most 31 days'],
  ])('exit with 2 and say what to do: %j', async (args, message) => {
    const { code, stdout, stderr } = await schedules(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('are kept if partners.yaml no longer has them, as the list shows, and removed with --prune', async () => {
    await writeFile(join(folder, 'partners.yaml'), partnersFile([['west', { schedule: undefined }]]));
    const kept = await schedules('apply');
    expect(kept.code).toBe(0);
    expect(kept.stdout).toMatch(/^north +kept +.*schedules apply --prune$/m);
    expect((await schedules('list')).stdout).toMatch(
      /^west +none.*\nnorth +Every hour \(UTC\) +active .*apply --prune$/m,
    );
    const dry = await schedules('apply', '--prune', '--dry-run');
    expect(dry.stdout).toMatch(/^north +removed/m);
    expect((await schedules('apply', '--prune')).stdout).toMatch(/^north +removed/m);
    expect((await schedules('list')).stdout).not.toContain('north');
  });

  it('exit with 2 if one is refused', async () => {
    await declare({ cron: '99 5 * * *' });
    const { code, stdout } = await schedules('apply');
    expect(code).toBe(2);
    expect(stdout).toMatch(/^north +refused +Temporal refuses its times: Minute is not in range/m);
  });
});

describe('the schedule that removes old history', () => {
  const pruning = async (...args: string[]) =>
    JSON.parse((await schedules(...args, '--json')).stdout).pruning;

  it('is made by apply, once, corrected if it was changed, and listed', async () => {
    await declare({});
    const id = `${taskQueue}.history.prune`;
    const connection = await Connection.connect({ address: env.TEMPORAL_ADDRESS ?? '' });
    const handle = new ScheduleClient({ connection }).getHandle(id);
    await handle.delete();
    expect((await schedules('list')).stdout).toContain('Old history is not removed: run');
    expect(await pruning('apply', '--dry-run')).toBe('created');
    expect(await pruning('list')).toBeNull();
    expect(await pruning('apply')).toBe('created');
    expect(await pruning('apply')).toBe('unchanged');
    expect(await pruning('list')).toMatchObject({ scheduleId: id, cron: '30 3 * * *', paused: false });

    await handle.pause('Not now');
    await handle.update(({ action, ...schedule }) => ({
      ...schedule,
      spec: { intervals: [{ every: '1d' }] },
      action,
    }));
    expect(await pruning('apply')).toBe('updated');
    expect((await schedules('list')).stdout).toMatch(
      /^Old history is removed: Every day at 03:30 \(UTC\).*paused\.$/m,
    );
    await connection.close();
  });
});
