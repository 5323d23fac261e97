import type { DataSource } from 'typeorm';
import { saveSync } from '../../../src/store/save/save-sync';
import { answer, openedRun } from '../../support/store-fixtures';
import { ManyPeople } from './many-people';

/** Fills an empty directory with one run of a partner whose answers are whole lists. */
export async function fillDirectory(dataSource: DataSource, partner: string, count: number): Promise<void> {
  const runId = await openedRun(dataSource, { partner });
  await saveSync(dataSource, {
    runId,
    partner,
    feed: 'snapshot',
    answer: { ...answer([], { received: count }), providers: new ManyPeople(count).list(0) },
    calls: [],
  });
  // Autovacuum would do the same a minute later.
  await dataSource.query('VACUUM (ANALYZE)');
}
