import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { migrate } from '../../src/store/migrate/migrate';
import { applyRoles } from '../../src/store/migrate/roles/apply-roles';
import { createDataSource } from '../../src/store/postgres/data-source';
import type { StoreRole } from '../../src/store/schema/grants';
import { createDatabaseToMigrate, type TestDatabase } from './test-database';

const PASSWORD = 'only-for-tests-1234';

/** A migrated database with the roles of workers and readers. Roles belong to the server, so their names are unique. */
export interface RolesDatabase {
  readonly database: TestDatabase;
  readonly owner: DataSource;
  readonly names: Readonly<Record<StoreRole, string>>;
  readonly urls: Readonly<Record<StoreRole, string>>;
  /** A connection as one of the roles; closed with the database. */
  connect(role: StoreRole): Promise<DataSource>;
  /** Applies the roles, as `migrate --roles` does. */
  apply(): Promise<unknown>;
  close(): Promise<void>;
}

export async function createRolesDatabase(): Promise<RolesDatabase> {
  const database = await createDatabaseToMigrate();
  const suffix = randomUUID().replaceAll('-', '').slice(0, 12);
  const names = { worker: `worker_${suffix}`, reader: `reader_${suffix}` };
  const opened: DataSource[] = [];
  const open = async (url: string) => {
    const dataSource = await createDataSource({ url, applicationName: 'test', poolSize: 5 }).initialize();
    opened.push(dataSource);
    return dataSource;
  };
  const owner = await open(database.url);
  await migrate(owner);
  const urls = { worker: as(database.url, names.worker), reader: as(database.url, names.reader) };
  const apply = () => applyRoles(owner, { names, passwords: { worker: PASSWORD, reader: PASSWORD } });
  await apply();
  return {
    database,
    owner,
    names,
    urls,
    apply,
    connect: (role) => open(urls[role]),
    async close() {
      for (const dataSource of opened) await dataSource.destroy();
      await database.drop();
      for (const name of Object.values(names)) await database.administer(`DROP ROLE IF EXISTS ${name}`);
    },
  };
}

function as(url: string, role: string): string {
  const theirs = new URL(url);
  theirs.username = role;
  theirs.password = PASSWORD;
  return theirs.href;
}
