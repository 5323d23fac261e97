import type { DataSource } from 'typeorm';
import { CLINIC_KEY, CLINIC_POSITION } from '../../src/store/clinic-key';
import { createDataSource } from '../../src/store/data-source';
import { NAME_KEY } from '../../src/store/folded';
import { migrate } from '../../src/store/migrate';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

/*
 * Queries repeat the expressions of a column and of indexes. The migrations hold them as text of their own, so a
 * change here without a migration would leave the rows of an older database where no query finds them.
 */
describe('the expressions in a migrated database equal those of this version', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = createDataSource({ url: database.url, applicationName: 'test', poolSize: 1 });
    await dataSource.initialize();
    await migrate(dataSource);
    await dataSource.query(
      `ALTER TABLE providers ADD COLUMN today text COLLATE "C" GENERATED ALWAYS AS (${NAME_KEY}) STORED`,
    );
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function columnExpression(column: string): Promise<string> {
    const [{ expression }]: [{ expression: string }] = await dataSource.query(
      `SELECT pg_get_expr(adbin, adrelid) AS expression FROM pg_attrdef
       JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
       WHERE attrelid = 'providers'::regclass AND attname = $1`,
      [column],
    );
    return expression;
  }

  async function indexExpression(index: string): Promise<string> {
    const [{ expression }]: [{ expression: string }] = await dataSource.query(
      `SELECT pg_get_indexdef($1::regclass, 1, true) AS expression`,
      [index],
    );
    return expression;
  }

  it('in the column name_key', async () => {
    expect(await columnExpression('name_key')).toBe(await columnExpression('today'));
  });

  it.each([
    ['providers_by_clinic_key', CLINIC_KEY],
    ['providers_by_clinic_position', CLINIC_POSITION],
  ])('in the index %s', async (index, expression) => {
    await dataSource.query(`CREATE INDEX today_${index} ON providers ((${expression}))`);
    expect(await indexExpression(index)).toBe(await indexExpression(`today_${index}`));
  });
});
