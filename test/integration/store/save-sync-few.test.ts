import { saveSync } from '../../../src/store/save/save-sync';
import {
  answer,
  openedRun,
  openTestStore,
  provider,
  sync,
  type TestStore,
} from '../../support/store-fixtures';
import { saveInput } from '../../support/stored-rows';

describe('saveSync of a few records', () => {
  let store: TestStore;

  beforeEach(async () => {
    store = await openTestStore(1);
  });
  afterEach(() => store.close());

  /** How often the tables that grow with the partners were read from start to end. */
  async function scans(): Promise<unknown> {
    await store.dataSource.query('SELECT pg_stat_force_next_flush()');
    return store.dataSource.query(
      `SELECT relname, seq_scan FROM pg_stat_user_tables
       WHERE relname IN ('providers', 'provider_changes', 'rejected_records') ORDER BY relname`,
    );
  }

  it.each(['sample', 'changes'] as const)(
    'reads no whole table for a %s, although its plans were made when the tables were small',
    async (feed) => {
      const few = [provider('a'), provider('b'), provider('c')];
      const runId = await openedRun(store.dataSource);
      const { identityKey } = provider('missing');
      const person = { identityKey, givenName: 'Ann', familyName: 'Lee' };
      const rejected = [
        { position: 3, reason: 'MissingField', field: 'clinic', raw: '{}', ...person },
      ] as const;
      await saveSync(store.dataSource, saveInput(runId, { feed, answer: { ...answer(few), rejected } }));
      await sync(store.dataSource, feed, [provider('a'), provider('b', { title: 'NP' }), provider('d')]);
      const many = Array.from({ length: 1_000 }, (_, index) => provider(`other ${index}`));
      await sync(store.dataSource, 'sample', many, 'other');
      const afterMany = await scans();
      const { counts } = await sync(store.dataSource, feed, few);
      expect(counts).toMatchObject({ inserted: 0, updated: 1, unchanged: 2 });
      expect(await scans()).toEqual(afterMany);
    },
  );
});
