import { TEN } from './people';
import type { Scenario } from './scenario';
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
