import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

export interface TestDatabase {
  readonly url: string;
  /** Runs a statement as the superuser, from outside of this database. */
  administer(statement: string): Promise<void>;
  drop(): Promise<void>;
}

interface TestDatabaseOptions {
  /** The server of the new database; by default the server that all tests share. */
  readonly server?: string | undefined;
  /** The rest of the statement `CREATE DATABASE name`, such as an encoding. */
  readonly options?: string;
  /** By default a random one. */
  readonly name?: string;
}

/** The database on the shared server that has this version's tables and no rows. */
export const MIGRATED_TEMPLATE = 'migrated';

/** Creates an empty database. */
export async function createTestDatabase({
  server = process.env.TEST_DATABASE_URL,
  options = '',
  name = `test_${randomUUID().replaceAll('-', '')}`,
}: TestDatabaseOptions = {}): Promise<TestDatabase> {
  if (!server) throw new Error('TEST_DATABASE_URL must name a server on which databases may be created');
  const url = new URL(server);
  url.pathname = `/${name}`;
  await onServer(server, `CREATE DATABASE ${name} ${options}`);
  return {
    url: url.href,
    administer: (statement) => onServer(server, statement),
    drop: () => onServer(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/**
 * Creates a database for tests that need this version's tables. On the shared server it is a copy of a migrated
 * database, in a quarter of the time that the migrations take; on another server it is empty.
 */
export function createDatabaseToMigrate(server?: string): Promise<TestDatabase> {
  return createTestDatabase({ server, options: server === undefined ? `TEMPLATE ${MIGRATED_TEMPLATE}` : '' });
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 60_000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
