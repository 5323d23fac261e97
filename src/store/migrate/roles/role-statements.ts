import { escapeIdentifier, escapeLiteral } from 'pg';
import {
  COLUMN_GRANTS,
  DATABASE_GRANTS,
  NEW_TABLE_GRANTS,
  STORE_ROLES,
  type StoreRole,
  TABLE_GRANTS,
} from '../../schema/grants';

/** What the roles are called. */
export type RoleNames = Readonly<Record<StoreRole, string>>;

/** The database and schema of the tables, and the role that owns them. */
export interface TablePlace {
  readonly database: string;
  readonly schema: string;
  readonly owner: string;
}

/**
 * The statements that create the roles and give each role exactly its rights, whatever rights it had before. They may
 * be executed any number of times. They contain no password; without a password a role cannot log in.
 */
export function roleStatements(names: RoleNames, place: TablePlace): string[] {
  const database = escapeIdentifier(place.database);
  const schema = escapeIdentifier(place.schema);
  const both = STORE_ROLES.map((role) => escapeIdentifier(names[role])).join(', ');
  return [
    ...STORE_ROLES.map((role) => createRole(names[role])),
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC, ${both}`,
    `REVOKE CREATE ON SCHEMA ${schema} FROM PUBLIC, ${both}`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${both}`,
    ...Object.keys(TABLE_GRANTS).map((table) => `REVOKE ALL ON ${schema}.${table} FROM PUBLIC, ${both}`),
    ...STORE_ROLES.flatMap((role) => grants(role, names[role], place)),
  ];
}

/** The statement that lets a role log in with the password of the verifier. */
export function loginStatement(name: string, verifier: string): string {
  return `ALTER ROLE ${escapeIdentifier(name)} LOGIN PASSWORD ${escapeLiteral(verifier)}`;
}

/** Roles belong to the server, not to a database: another database's owner may create the same one right now. */
function createRole(name: string): string {
  return `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${escapeLiteral(name)}) THEN
    CREATE ROLE ${escapeIdentifier(name)};
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$`;
}

function grants(role: StoreRole, name: string, place: TablePlace): string[] {
  const schema = escapeIdentifier(place.schema);
  const to = escapeIdentifier(name);
  const onNew = `ALTER DEFAULT PRIVILEGES FOR ROLE ${escapeIdentifier(place.owner)} IN SCHEMA ${schema}`;
  return [
    `GRANT ${DATABASE_GRANTS[role].join(', ')} ON DATABASE ${escapeIdentifier(place.database)} TO ${to}`,
    ...Object.entries(TABLE_GRANTS).flatMap(([table, { [role]: privileges }]) =>
      privileges.length === 0 ? [] : [`GRANT ${privileges.join(', ')} ON ${schema}.${table} TO ${to}`],
    ),
    ...Object.entries(COLUMN_GRANTS[role]).map(
      ([table, columns]) => `GRANT UPDATE (${columns.join(', ')}) ON ${schema}.${table} TO ${to}`,
    ),
    `${onNew} GRANT ${NEW_TABLE_GRANTS[role].join(', ')} ON TABLES TO ${to}`,
  ];
}
