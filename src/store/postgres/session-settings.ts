import { TIMEOUTS } from '../../contract/timeouts';

/**
 * What our statements and the driver rely on, whatever the server, the database or the role sets. Two settings
 * stay the operator's: `search_path` chooses the schema of the tables, and `default_transaction_read_only` stops
 * all writes.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  // How values are written, as pg reads and sends them.
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  // What a statement finds: a claim waits for another transaction and then reads what that has committed.
  default_transaction_isolation: 'read committed',
  gin_fuzzy_search_limit: '0',
  // How long it may take.
  statement_timeout: String(TIMEOUTS.statement),
  lock_timeout: String(TIMEOUTS.lock),
  idle_in_transaction_session_timeout: String(TIMEOUTS.idleInTransaction),
  transaction_timeout: '0',
};

/** A connection of pg's or TypeORM's. */
interface Session {
  query(statement: string, parameters: unknown[]): Promise<unknown>;
}

/**
 * Brings a session to these settings, in one round trip. They are not sent at the start of the connection, since
 * poolers such as PgBouncer refuse most settings there. A setting that this version of Postgres lacks is left out.
 */
export async function applySessionSettings(session: Session): Promise<void> {
  await session.query(
    `SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS wanted (name, value)
     WHERE current_setting(name, true) IS NOT NULL`,
    [Object.keys(SETTINGS), Object.values(SETTINGS)],
  );
}
