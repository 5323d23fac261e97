import type { DataSource } from 'typeorm';
import { migrate } from '../../../src/store/migrate/migrate';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { CLINIC_KEY, CLINIC_POSITION } from '../../../src/store/schema/clinic-key';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

/*
 * Queries repeat the expressions of indexes. The migrations hold them as separate text. So a change here without a
 * migration would leave the indexes of an existing database unused.
 */
describe('the expressions in a migrated database equal those of this version', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = createDataSource({ url: database.url, applicationName: 'test', poolSize: 1 });
    await dataSource.initialize();
    await migrate(dataSource);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function indexExpression(index: string): Promise<string> {
    const [{ expression }]: [{ expression: string }] = await dataSource.query(
      `SELECT pg_get_indexdef($1::regclass, 1, true) AS expression`,
      [index],
    );
    return expression;
  }

  it.each([
    ['providers_by_clinic_key', CLINIC_KEY],
    ['providers_by_clinic_position', CLINIC_POSITION],
  ])('in the index %s', async (index, expression) => {
    await dataSource.query(`CREATE INDEX today_${index} ON providers ((${expression}))`);
    expect(await indexExpression(index)).toBe(await indexExpression(`today_${index}`));
  });
});
