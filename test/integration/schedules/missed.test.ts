import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { applySchedules } from '../../../src/temporal/schedules/apply-schedules';
import { readSchedule } from '../../../src/temporal/schedules/schedules';
import { connectTestClient } from '../../support/connect-test-client';
import { type KillableServer, startKillableServer } from '../../support/killable-server';
import { until } from '../../support/scenario';
import { partnersWithSchedules } from '../../support/schedules';
import { testTemporalConfig } from '../../support/temporal-config';

/** Temporal's shortest catch-up window. */
const SHORTEST_WINDOW_MS = 10_000;
/** Long enough to apply the schedules and to kill the server between two of their times, also on a busy machine. */
const EVERY_MS = 8_000;
const taskQueue = 'missed';

let temporal: KillableServer;
let client: Client;

beforeAll(async () => {
  temporal = await startKillableServer('temporal');
  const { address } = temporal;
  client = await connectTestClient(testTemporalConfig({ connection: { address }, taskQueue }));
});
afterAll(async () => {
  await client.connection.close();
  await temporal.end();
});

describe('the times of a schedule during an outage of Temporal', () => {
  it('are caught up by one run within the window, and counted as missed beyond it', async () => {
    const partners = partnersWithSchedules({
      patient: { every: `${EVERY_MS}ms`, catchUpWindow: '1h' },
      strict: { every: `${EVERY_MS}ms`, catchUpWindow: '10s' },
      paused: { every: `${EVERY_MS}ms`, catchUpWindow: '1h', paused: true },
    });
    // Just after one of its times, so that the next one falls into the outage.
    await sleep(EVERY_MS - (Date.now() % EVERY_MS));
    await applySchedules(client, taskQueue, partners);
    await temporal.kill();
    const downFrom = new Date();
    // At the start of the server, a time is more than the window ago.
    await sleep(EVERY_MS + SHORTEST_WINDOW_MS + 1_000);
    const downUntil = new Date();
    await temporal.start();

    const read = (partner: string) => readSchedule(client, { partner, taskQueue });
    const describe = (partner: string) => client.schedule.getHandle(`${taskQueue}.${partner}`).describe();
    await until(async () => ((await read('strict'))?.missed ?? 0) > 0);
    await until(async () => (await describe('patient')).info.recentActions.length > 0);

    // No worker takes its first run, so that all later times are skipped.
    const { info } = await describe('patient');
    expect(info).toMatchObject({ numActionsTaken: 1, numActionsMissedCatchupWindow: 0 });
    expect(await read('paused')).toMatchObject({ lastRunAt: null, missed: 0, nextRunAt: null });
    const [first] = info.recentActions;
    if (!first) throw new Error('nothing was caught up');
    expect(first.takenAt.getTime()).toBeGreaterThan(downUntil.getTime());
    expect(first.scheduledAt.getTime()).toBeLessThan(downUntil.getTime());
    expect(first.scheduledAt.getTime()).toBeGreaterThan(downFrom.getTime() - EVERY_MS);
    await until(async () => ((await read('patient'))?.skipped ?? 0) >= 2);
  });
});
