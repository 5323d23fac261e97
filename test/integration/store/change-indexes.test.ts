import { listChanges } from '../../../src/store/directory/read-changes';
import type { ChangeFilter } from '../../../src/store/lists/filters';
import { provider, sync, useStore } from '../../support/store-fixtures';

afterEach(() => jest.restoreAllMocks());

describe('a long history', () => {
  const store = useStore({ poolSize: 1, keepRows: true });
  let runId: string;

  beforeAll(async () => {
    const many = Array.from({ length: 8_000 }, (_, index) => provider(`many ${index}`));
    await sync(store.dataSource, 'snapshot', many);
    for (const title of ['A', 'B']) {
      ({ runId } = await sync(
        store.dataSource,
        'snapshot',
        many.map((one) => ({ ...one, title, attributes: { title } })),
      ));
    }
    await sync(
      store.dataSource,
      'snapshot',
      many.slice(100).map((one) => ({ ...one, title: 'B' })),
    );
    await sync(store.dataSource, 'sample', [provider('small')], 'small');
    await store.dataSource.query('VACUUM ANALYZE');
  });

  /** The plan with which Postgres reads a page. */
  async function planOf(filter: ChangeFilter, cursor?: string) {
    const query = jest.spyOn(store.dataSource, 'query');
    query.mockClear();
    const { nextCursor } = await listChanges(store.dataSource, { ...filter, limit: 2, cursor });
    const [sql, parameters] = query.mock.calls[0] ?? [];
    const lines: { 'QUERY PLAN': string }[] = await store.dataSource.query(`EXPLAIN ${sql}`, parameters);
    return { nextCursor, plan: lines.map((line) => line['QUERY PLAN']).join('\n') };
  }

  it.each([
    [{}, ['provider_changes_title', 'provider_changes_left', 'providers_by_first_sight']],
    [{ kind: 'new' }, ['providers_by_first_sight']],
    [{ kind: 'left' }, ['provider_changes_left']],
    [{ kind: 'changed' }, ['provider_changes_title', 'provider_changes_returned']],
    [{ field: 'title' }, ['provider_changes_title']],
    [{ field: 'other' }, ['provider_changes_other']],
    [{ partner: 'noteworth' }, ['provider_changes_title', 'providers_by_first_sight']],
    [{ partner: 'small' }, ['provider_changes_title', 'provider_changes_by_run']],
    [
      { run: 'the last' },
      [
        'provider_changes_title',
        'provider_changes_by_run',
        'providers_by_first_run',
        'providers_by_first_sight',
      ],
    ],
  ] satisfies [ChangeFilter, string[]][])('is read through its indexes for %j', async (given, indexes) => {
    const filter: ChangeFilter = { ...given, ...('run' in given && { run: runId }) };
    const first = await planOf(filter);
    const plans = [first.plan];
    if (first.nextCursor) plans.push((await planOf(filter, first.nextCursor)).plan);
    for (const plan of plans) {
      for (const index of indexes) expect(plan).toMatch(new RegExp(`Index (Only )?Scan.* ${index}\\b`));
      expect(plan).not.toMatch(
        /Seq Scan on provider(s|_changes)|Bitmap Index Scan on (provider_changes_[^b]|providers)/,
      );
    }
  });
});
