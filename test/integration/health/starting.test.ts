import { randomBytes } from 'node:crypto';
import { runApi } from '../../../src/cli/run-api';
import { TIMEOUTS } from '../../../src/contract/timeouts';
import { checkStore } from '../../../src/operations/health/check-store';
import { loadConfig } from '../../../src/process/config';
import { createLogger } from '../../../src/process/logger';
import { Cleanup } from '../../../src/process/shutdown';
import { connectPatiently } from '../../../src/store/connect-patiently';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { startLatePostgres } from '../../support/late-postgres';
import { patientDataSource } from '../../support/patient-data-source';
import { until } from '../../support/scenario';
import { useStore } from '../../support/store-fixtures';

/*
 * The connection of a process that has just started.
 */

const store = useStore();

it('is made by the end of the first attempt, if Postgres responds late', async () => {
  const late = await startLatePostgres(store.url, 1_000);
  const dataSource = patientDataSource({ url: late.url, applicationName: 'test', poolSize: 1 });
  const never = new Promise(() => undefined);
  try {
    const { tried } = connectPatiently(dataSource, createLogger('silent'), never);
    expect(dataSource.isInitialized).toBe(false);
    await tried;
    expect(dataSource.isInitialized).toBe(true);
    await dataSource.destroy();
  } finally {
    late.close();
  }
});

it('of the API is made before it listens', async () => {
  const log = createLogger('silent');
  const cleanup = new Cleanup(log);
  const late = await startLatePostgres(store.url, 1_000);
  // Otherwise a busy machine could be too slow for the wait.
  const longer = jest.replaceProperty(TIMEOUTS, 'connect', 60_000 as never);
  const env = {
    DATABASE_URL: late.url,
    TEMPORAL_ADDRESS: process.env.TEST_TEMPORAL_ADDRESS,
    PAYLOAD_KEYS: `test:${randomBytes(32).toString('base64')}`,
    NOTEWORTH_BASE_URL: 'http://127.0.0.1:1',
    HTTP_PORT: '0',
  };
  const config = loadConfig(['databaseUrl', 'temporal', 'http'], { env, runningDev: false });
  try {
    let wasReached: boolean | undefined;
    await runApi(config, log, cleanup, new Promise(() => undefined), async () => {
      wasReached = late.isReached();
    });
    expect(wasReached).toBe(true);
  } finally {
    longer.restore();
    await cleanup.run();
    late.close();
  }
});

it('is reported as not made yet, and what is known of Postgres as unknown', async () => {
  const dataSource = createDataSource({ url: store.url, applicationName: 'test', poolSize: 1 });
  let outcomes: Awaited<ReturnType<typeof checkStore>> = [];
  // A busy machine may be too slow for one check.
  await until(async () => {
    outcomes = await checkStore(dataSource);
    return outcomes[0]?.state === 'unknown';
  });
  expect(outcomes).toMatchObject([
    { check: 'postgres', state: 'unknown', findings: [{ code: 'check-incomplete', severity: 'degraded' }] },
    { check: 'tables', state: 'unknown', findings: [] },
  ]);
});
