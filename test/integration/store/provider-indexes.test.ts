import type { ProviderFilter } from '../../../src/store/directory/provider-filter';
import type { ProviderQuery } from '../../../src/store/directory/provider-page';
import { type ClinicFilter, listClinics } from '../../../src/store/directory/read-clinics';
import { listProviders } from '../../../src/store/directory/read-providers';
import type { Page } from '../../../src/store/lists/cursor';
import { clinicKey } from '../../../src/store/schema/clinic-key';
import { PEOPLE } from '../../support/provider-pages';
import { provider, sync, useStore } from '../../support/store-fixtures';

afterEach(() => jest.restoreAllMocks());

describe('a large directory', () => {
  const large = useStore({ poolSize: 1, keepRows: true });
  let runId: string;

  beforeAll(async () => {
    const many = (count: number, clinic: string) =>
      Array.from({ length: count }, (_, index) => provider(`${clinic} ${index}`, { clinic }));
    await sync(large.dataSource, 'snapshot', many(15_000, 'North'));
    await sync(large.dataSource, 'snapshot', [...many(14_990, 'North'), ...many(5_000, 'South')]);
    await sync(large.dataSource, 'snapshot', many(10_000, 'West'), 'other');
    const rare = [...PEOPLE.slice(1, 4), provider('prof', { title: 'Prof.', clinic: 'Rare' })];
    ({ runId } = await sync(large.dataSource, 'sample', rare, 'small'));
    await large.dataSource.query('VACUUM ANALYZE');
  });

  /** The plan with which Postgres reads a page. */
  async function planOf(list: ProviderQuery): Promise<{ nextCursor: string | null; plan: string }> {
    return planOfPage(() => listProviders(large.dataSource, list));
  }

  async function planOfPage<T>(
    read: () => Promise<Page<T>>,
  ): Promise<{ nextCursor: string | null; plan: string }> {
    const query = jest.spyOn(large.dataSource, 'query');
    query.mockClear();
    const { nextCursor } = await read();
    // A search may first read a sample.
    const [sql, parameters] = query.mock.calls.find(([text]) => !text.includes('TABLESAMPLE')) ?? [];
    const lines: { 'QUERY PLAN': string }[] = await large.dataSource.query(`EXPLAIN ${sql}`, parameters);
    return { nextCursor, plan: lines.map((line) => line['QUERY PLAN']).join('\n') };
  }

  it.each([
    [{}, 'providers_by_name'],
    [{ partner: 'other' }, 'providers_by_name'],
    [{ sort: 'lastChangedAt' }, 'providers_by_last_change'],
    [{ sort: '-lastChangedAt' }, 'providers_by_last_change'],
    [{ sort: '-firstSeenAt' }, 'providers_by_first_sight'],
    [{ changedSince: new Date(Date.now() + 60_000).toISOString() }, 'providers_by_last_change'],
    [{ letter: 'F' }, 'providers_by_name'],
    [{ search: 'adams' }, 'providers_search'],
    [{ search: 'family 1499' }, 'providers_search'],
    [{ status: 'left' }, 'providers_unlisted'],
    [{ clinic: 'Rare' }, 'providers_by_clinic_position'],
    [{ clinic: 'North' }, 'providers_by_name'],
    [{ title: 'Prof.' }, 'providers_by_title'],
    [{ firstRunId: 'the last run' }, 'providers_by_first_run'],
  ] satisfies [ProviderFilter, string][])('is read through an index for %j', async (filter, index) => {
    const list = { ...filter, ...('firstRunId' in filter && { firstRunId: runId }), limit: 2 };
    const { nextCursor, plan } = await planOf(list);
    expect(plan).toMatch(new RegExp(`Scan.* ${index}\\b`));
    if (nextCursor && /_by_(name|last_change|first_sight)/.test(index)) {
      const next = await planOf({ ...list, cursor: nextCursor });
      expect(next.plan).toMatch(new RegExp(`${index}.*\n.*Index Cond.*ROW`));
      expect(next.plan).not.toMatch(/Sort Key:.*\bid\b/);
    }
  });

  it.each([
    [{}, 'providers_by_clinic_position'],
    [{ name: { text: 'rar', how: 'begins' } }, 'providers_by_clinic_position'],
    [{ name: { text: 'Rare', how: 'is' } }, 'providers_by_clinic_position'],
    [{ keys: [clinicKey({ partner: 'small', name: 'Rare' })] }, 'providers_by_clinic_key'],
  ] satisfies [ClinicFilter, string][])(
    'reads its clinics through an index for %j',
    async (filter, index) => {
      const { nextCursor, plan } = await planOfPage(() =>
        listClinics(large.dataSource, { ...filter, limit: 1 }),
      );
      expect(plan).toMatch(new RegExp(`Scan.* ${index}\\b`));
      expect(plan).not.toContain('Seq Scan');
      if (nextCursor === null) return;
      const next = await planOfPage(() =>
        listClinics(large.dataSource, { ...filter, limit: 1, cursor: nextCursor }),
      );
      expect(next.plan).toMatch(new RegExp(`Scan.* ${index}\\b`));
      expect(next.plan).not.toContain('Seq Scan');
    },
  );

  it('finds the people at a clinic through an index', async () => {
    const { plan } = await planOf({
      hasClinic: true,
      clinicKeys: [clinicKey({ partner: 'small', name: 'Rare' })],
      limit: 2,
    });
    expect(plan).toMatch(/Scan.* providers_by_clinic_key\b/);
  });

  it('is not read in the order of names for a search with few matches', async () => {
    const { plan } = await planOf({ search: 'south', limit: 2 });
    expect(plan).not.toContain('providers_by_name');
  });
});
