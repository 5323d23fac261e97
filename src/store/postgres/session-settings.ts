import { TIMEOUTS } from '../../contract/timeouts';

/**
 * The settings that our statements and the driver rely on. They override those of the server, the database and the
 * role. The operator keeps two settings: `search_path` chooses the schema of the tables, and
 * `default_transaction_read_only` stops all writes.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  // The formats of values that pg reads and sends.
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  // What a statement sees: a claim waits for another transaction and then reads what it has committed.
  default_transaction_isolation: 'read committed',
  gin_fuzzy_search_limit: '0',
  // How long a statement may take.
  statement_timeout: String(TIMEOUTS.statement),
  lock_timeout: String(TIMEOUTS.lock),
  idle_in_transaction_session_timeout: String(TIMEOUTS.idleInTransaction),
  transaction_timeout: '0',
  // Before Postgres 14, a server notices a lost client only after the statement.
  client_connection_check_interval: String(TIMEOUTS.clientGone),
};

/** A connection of pg or of TypeORM. */
interface Session {
  query(statement: string, parameters: unknown[]): Promise<unknown>;
}

/**
 * Applies these settings to a session, in one round trip. They are not sent at the start of the connection, since
 * poolers such as PgBouncer refuse most settings there. Settings that this version of Postgres lacks are left out.
 */
export async function applySessionSettings(session: Session): Promise<void> {
  await session.query(
    `SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS wanted (name, value)
     WHERE current_setting(name, true) IS NOT NULL`,
    [Object.keys(SETTINGS), Object.values(SETTINGS)],
  );
}
