import type { Provider } from '../../src/store/directory/provider-row';
import { listProviders } from '../../src/store/directory/read-providers';
import { getRun } from '../../src/store/runs/read-runs';
import type { SaveSyncInput } from '../../src/store/save/save-sync';
import { answer, provider, type TestStore } from './store-fixtures';

export interface ChangeRow {
  readonly runId: string;
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Functions that read the rows that saves have left in a store. */
export function storedRows(store: TestStore) {
  const directory = async (): Promise<Provider[]> =>
    (await listProviders(store.dataSource, { limit: 1_000_000 })).items;
  return {
    directory,
    /** The provider that was saved under this key. */
    async find(key: string): Promise<Provider | undefined> {
      const { givenName } = provider(key);
      return (await directory()).find((item) => item.givenName.startsWith(givenName));
    },
    changes: (): Promise<ChangeRow[]> =>
      store.dataSource.query(
        'SELECT run_id AS "runId", field, before, after FROM provider_changes ORDER BY field, id',
      ),
    finishedAt: async (runId: string) => (await getRun(store.dataSource, runId))?.finishedAt,
    async count(table: string): Promise<number> {
      const [row]: [{ count: number }] = await store.dataSource.query(
        `SELECT count(*)::integer AS count FROM ${table}`,
      );
      return row.count;
    },
    /** The place of each provider's row, and the transaction that wrote it. */
    versions: (): Promise<unknown[]> =>
      store.dataSource.query('SELECT id, ctid::text, xmin::text, xmax::text FROM providers ORDER BY id'),
  };
}

/** The input of a save of an empty sample, with changes. */
export function saveInput(runId: string, fields: Partial<SaveSyncInput> = {}): SaveSyncInput {
  return { runId, partner: 'noteworth', feed: 'sample', answer: answer([]), calls: [], ...fields };
}
