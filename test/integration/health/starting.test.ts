import { checkStore } from '../../../src/operations/health/check-store';
import { createLogger } from '../../../src/process/logger';
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
