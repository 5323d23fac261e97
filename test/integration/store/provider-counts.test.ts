import { countProviders } from '../../../src/store/directory/count-providers';
import { listFacets } from '../../../src/store/directory/read-facets';
import { readLetters } from '../../../src/store/directory/read-letters';
import { migrate } from '../../../src/store/migrate/migrate';
import { revertLastMigration } from '../../../src/store/migrate/revert-migration';
import { MIGRATIONS } from '../../../src/store/schema/migrations';
import { CountProviders1765584000000 } from '../../../src/store/schema/migrations/1765584000000-count-providers';
import { expectExactCounts } from '../../support/expect-exact-counts';
import { openedRun, provider, sync, useStore } from '../../support/store-fixtures';

const store = useStore();

const ADAMS = provider('1', { familyName: 'Adams', title: 'NP', clinic: 'South' });
const BAKER = provider('2', { familyName: 'Baker', title: null, clinic: null });
const LONG = '診'.repeat(1_000);
const OTHERS = provider('3', { familyName: '診', title: LONG, clinic: LONG });
const PEOPLE = [ADAMS, BAKER, OTHERS];
const TWO = [ADAMS, BAKER];
const count = (status: 'present' | 'left' | 'all') => countProviders(store.dataSource, { status });

describe('the counts of the directory', () => {
  it('are exact after every kind of change', async () => {
    const steps: (() => Promise<unknown>)[] = [
      () => sync(store.dataSource, 'snapshot', PEOPLE),
      () => sync(store.dataSource, 'sample', PEOPLE, 'other'),
      () => sync(store.dataSource, 'snapshot', PEOPLE),
      () => sync(store.dataSource, 'snapshot', [{ ...ADAMS, title: 'PA' }, BAKER, OTHERS]),
      () => sync(store.dataSource, 'snapshot', TWO),
      () => sync(store.dataSource, 'snapshot', PEOPLE),
      () => sync(store.dataSource, 'snapshot', [{ ...ADAMS, familyName: 'Zander' }, BAKER, OTHERS]),
      () => store.dataSource.query(`UPDATE providers SET clinic = NULL WHERE partner = 'other'`),
      () => store.dataSource.query(`UPDATE providers SET partner = 'third' WHERE partner = 'other'`),
      () => store.dataSource.query(`DELETE FROM providers WHERE partner = 'third' AND title IS NULL`),
      () => store.clear(),
    ];
    for (const step of steps) {
      await step();
      await expectExactCounts(store.dataSource);
    }
  });

  it('count everyone, and those who left', async () => {
    await sync(store.dataSource, 'snapshot', PEOPLE);
    await sync(store.dataSource, 'snapshot', TWO);
    await sync(store.dataSource, 'sample', TWO, 'other');
    expect([await count('all'), await count('present'), await count('left')]).toEqual([
      { count: 5, isExact: true },
      { count: 4, isExact: true },
      { count: 1, isExact: true },
    ]);
  });

  it('keep no value that no one has any more', async () => {
    await sync(store.dataSource, 'sample', PEOPLE);
    await sync(store.dataSource, 'sample', [{ ...ADAMS, clinic: 'East' }]);
    await store.dataSource.query(`DELETE FROM providers WHERE family_name = 'Baker'`);
    const rows: { value: string }[] = await store.dataSource.query('SELECT value FROM provider_counts');
    expect(rows.map(({ value }) => value).sort()).toEqual(['', '#', 'A', 'East', 'NP']);
  });

  it('are rolled back with a save that fails', async () => {
    await sync(store.dataSource, 'snapshot', TWO);
    await openedRun(store.dataSource);
    await expect(
      store.dataSource.transaction(async (manager) => {
        await manager.query('DELETE FROM providers');
        throw new Error('lost');
      }),
    ).rejects.toThrow('lost');
    await expectExactCounts(store.dataSource);
    expect(await count('all')).toEqual({ count: 2, isExact: true });
  });

  it('are shown at once, also after a change by SQL', async () => {
    await sync(store.dataSource, 'snapshot', PEOPLE);
    expect([...(await readLetters(store.dataSource))].sort()).toEqual(['#', 'A', 'B']);
    await store.dataSource.query(
      `UPDATE providers SET title = 'MD', family_name = 'Cole' WHERE title = 'NP'`,
    );
    expect((await listFacets(store.dataSource)).titles).toEqual([{ value: 'MD', count: 1 }]);
    expect([...(await readLetters(store.dataSource))].sort()).toEqual(['#', 'B', 'C']);
  });

  it('are counted when they are added to a directory, and by recount_providers()', async () => {
    await sync(store.dataSource, 'snapshot', PEOPLE);
    await sync(store.dataSource, 'snapshot', TWO);
    const later = MIGRATIONS.slice(MIGRATIONS.indexOf(CountProviders1765584000000) + 1);
    for (const _ of later) await revertLastMigration(store.dataSource, { losingData: true });
    // They can be computed again, so no data is lost.
    expect(await revertLastMigration(store.dataSource, { losingData: false })).toMatch(/^CountProviders/);
    await store.dataSource.query(`UPDATE providers SET title = 'MD' WHERE title = 'NP'`);
    await migrate(store.dataSource);
    await expectExactCounts(store.dataSource);
    await store.dataSource.query(`UPDATE provider_counts SET total = total + 1`);
    await store.dataSource.query('SELECT recount_providers()');
    await expectExactCounts(store.dataSource);
  });
});
