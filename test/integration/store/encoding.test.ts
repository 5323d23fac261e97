import { describeDatabaseFaults } from '../../../src/store/inspect/database-faults';
import { migrate } from '../../../src/store/migrate/migrate';
import { createDataSource } from '../../../src/store/postgres/data-source';
import { createTestDatabase } from '../../support/test-database';

describe.each(['SQL_ASCII', 'LATIN1'])('a database in %s', (encoding) => {
  it('is refused by name, and no table is created in it', async () => {
    const database = await createTestDatabase({
      options: `ENCODING '${encoding}' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
    });
    const dataSource = createDataSource({ url: database.url, applicationName: 'test', poolSize: 1 });
    try {
      await dataSource.initialize();
      expect(await describeDatabaseFaults(dataSource)).toMatchObject([
        {
          what: expect.stringContaining(`has the encoding ${encoding},`),
          advice: expect.stringContaining("ENCODING 'UTF8'"),
        },
      ]);
      await expect(migrate(dataSource)).rejects.toThrow(`has the encoding ${encoding},`);
      expect(await dataSource.query(`SELECT to_regclass('sync_runs') AS runs`)).toEqual([{ runs: null }]);
    } finally {
      await dataSource.destroy();
      await database.drop();
    }
  });
});

describe('a search_path without an existing schema', () => {
  it('is reported', async () => {
    const database = await createTestDatabase();
    await database.administer(
      `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET search_path = missing`,
    );
    const dataSource = createDataSource({ url: database.url, applicationName: 'test', poolSize: 1 });
    try {
      await dataSource.initialize();
      await expect(migrate(dataSource)).rejects.toThrow('None of the schemas in the search_path');
    } finally {
      await dataSource.destroy();
      await database.drop();
    }
  });
});
