import type { DataSource } from 'typeorm';

/** Why a database cannot hold the directory, and what an operator can do about it. */
export interface DatabaseFault {
  readonly what: string;
  readonly advice: string;
}

interface Properties {
  readonly name: string;
  readonly encoding: string;
  readonly version: number;
  readonly schema: string | null;
}

/** The first version of Postgres whose SQL has `normalize`. */
const OLDEST_VERSION = 13;

/** Lists the faults of the database itself, whatever its tables hold. Only reads. */
export async function describeDatabaseFaults(
  dataSource: Pick<DataSource, 'query'>,
): Promise<DatabaseFault[]> {
  const [properties]: [Properties] = await dataSource.query(
    `SELECT current_database() AS name, current_setting('server_encoding') AS encoding,
       current_setting('server_version_num')::integer / 10000 AS version, current_schema() AS schema`,
  );
  const { name, encoding, version, schema } = properties;
  const faults: DatabaseFault[] = [];
  if (encoding !== 'UTF8') {
    faults.push({
      what: `The database ${name} has the encoding ${encoding}, which cannot hold every name.`,
      advice: `Create another one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL.`,
    });
  }
  if (version < OLDEST_VERSION) {
    faults.push({
      what: `The server is PostgreSQL ${version}.`,
      advice: `Upgrade it to version ${OLDEST_VERSION} or newer.`,
    });
  }
  if (schema === null) {
    faults.push({
      what: `None of the schemas in the search_path of this role exists, so there is no place for the tables.`,
      advice: 'Create the schema, or correct search_path with ALTER ROLE … SET search_path.',
    });
  }
  return faults;
}
