import type { SyncResult } from '../../src/contract/run';
import { TEN } from './people';
import type { Scenario, StartedRun } from './scenario';
import { directory } from './system';

const SERVED = TEN.map((one) => [one.name_given, one.name_family, one.title, one.clinic].join('|')).sort();

/** Expects that one run succeeded, and that the directory holds the partner's people once, without a change. */
export async function expectStored({ dataSource }: Scenario): Promise<void> {
  expect(await directory(dataSource)).toEqual(SERVED);
  const [row] = await dataSource.query(
    `SELECT received, inserted, updated, unchanged, (SELECT count(*)::int FROM provider_changes) AS changes
     FROM sync_runs WHERE status = 'succeeded'`,
  );
  expect(row).toEqual({ received: 10, inserted: 10, updated: 0, unchanged: 0, changes: 0 });
}

/** Expects that the run succeeded, and that the tables hold the partner's people once. */
export async function expectWhole(scenario: Scenario, result: SyncResult): Promise<void> {
  expect(result).toMatchObject({ status: 'succeeded', received: 10, inserted: 10, updated: 0, unchanged: 0 });
  expect(await directory(scenario.dataSource)).toEqual(SERVED);
  const [row] = await scenario.dataSource.query(
    `SELECT count(*)::int AS runs, min(status) AS status, (SELECT count(*)::int FROM provider_changes) AS changes
     FROM sync_runs`,
  );
  expect(row).toEqual({ runs: 1, status: 'succeeded', changes: 0 });
}

/** Like {@link expectWhole}, with one call to each endpoint, at the partner and in the ledger. */
export async function expectWholeAtOnce(scenario: Scenario, { result, run }: StartedRun): Promise<void> {
  await expectWhole(scenario, await result);
  expect([scenario.calls('auth'), scenario.calls('providers')]).toEqual([1, 1]);
  expect((await run()).calls).toMatchObject([
    { endpoint: 'auth', attempt: 1, outcome: 'ok', httpStatus: 200 },
    { endpoint: 'providers', attempt: 1, outcome: 'ok', httpStatus: 200 },
  ]);
}
