import { randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { checkSchedules } from '../../../src/operations/health/check-schedules';
import type { TemporalConfig } from '../../../src/process/config';
import { payloadKeysSchema } from '../../../src/process/payload-keys';
import { applySchedules } from '../../../src/temporal/schedules/apply-schedules';
import { readSchedule } from '../../../src/temporal/schedules/schedules';
import { connectTestClient } from '../../support/connect-test-client';
import { type OwnTemporal, startOwnTemporal } from '../../support/own-temporal';
import { until } from '../../support/scenario';
import { NEVER, partnersWithSchedules } from '../../support/schedules';

/*
 * A Temporal that may start a single scheduled run. It starts none for the schedules after the one that took it.
 */
const ONE_START = 'worker.schedulerNamespaceStartWorkflowRPS=0.0001';
const MINUTE_MS = 60_000;

let server: OwnTemporal;
let temporal: TemporalConfig;
let client: Client;

beforeAll(async () => {
  server = await startOwnTemporal(ONE_START);
  temporal = {
    connection: { address: server.address },
    namespace: 'default',
    taskQueue: 'overdue',
    payloadKeys: payloadKeysSchema.parse(`test:${randomBytes(32).toString('base64')}`),
  };
  client = await connectTestClient(temporal);
});
afterAll(async () => {
  await client?.connection.close();
  await server?.end();
});

/** Applies the schedules, each of which has a time every second. */
async function everySecond(...names: string[]) {
  const partners = partnersWithSchedules(Object.fromEntries(names.map((name) => [name, { every: '1s' }])));
  await applySchedules(client, temporal.taskQueue, partners);
  return partners;
}

describe('a schedule whose runs Temporal does not start', () => {
  it('is overdue a minute after the time that was missed', async () => {
    const read = (partner: string) => readSchedule(client, { partner, taskQueue: temporal.taskQueue });
    await everySecond('first');
    await until(async () => ((await read('first'))?.lastRunAt ?? null) !== null);
    const partners = new Map([
      ...(await everySecond('first', 'second')),
      ...partnersWithSchedules({ never: NEVER }),
    ]);
    await applySchedules(client, temporal.taskQueue, partners);
    const nextOfSecond = async () => Date.parse((await read('second'))?.nextRunAt ?? '');
    await until(async () => Date.now() - (await nextOfSecond()) > 5_000);

    const due = await nextOfSecond();
    const look = async (afterMs: number) =>
      (await checkSchedules({ client, temporal, partners }, due + afterMs)).findings;
    expect(await look(MINUTE_MS - 1)).toEqual([]);
    const found = (await look(MINUTE_MS)).filter(({ partner }) => partner !== 'first');
    expect(found).toMatchObject([
      {
        code: 'schedule-overdue',
        severity: 'failing',
        partner: 'second',
        what: 'The scheduled run of second is overdue: Temporal has not started it.',
        since: new Date(due).toISOString(),
      },
    ]);
  });
});
