import type { DataSource } from 'typeorm';
import { pendingMigrations } from '../migrate/migrate';
import { inTransaction } from '../postgres/transaction';
import { TABLE_GRANTS } from '../schema/grants';
import { type DatabaseFault, describeDatabaseFaults } from './database-faults';

/** The rights that a worker needs, by table. */
const NEEDED = Object.fromEntries(Object.entries(TABLE_GRANTS).map(([table, { worker }]) => [table, worker]));

/** What Postgres reports about itself and about the role of this connection. */
export interface StoreState {
  /** As in `PostgreSQL 18.1`. */
  readonly version: string;
  readonly role: string;
  /** Why nothing can be written; null if writing is possible. */
  readonly readOnly: string | null;
  /** Whether the role may read the tables and write to none of them, like the role of the API. */
  readonly isReader: boolean;
  /** Rights that the role lacks, such as `TEMPORARY on the database`. A reader needs only rights to read. */
  readonly missingRights: readonly string[];
  readonly pendingMigrations: readonly string[];
  readonly mayCreateTables: boolean;
  readonly faults: readonly DatabaseFault[];
  /** Those of the tables in which this role may write temporary files, without the database's own. */
  readonly tablespaces: readonly string[];
}

interface Facts {
  readonly version: string;
  readonly role: string;
  readonly isStandby: boolean;
  readonly isReadOnlySession: boolean;
  readonly isReadOnlyDatabase: boolean;
  readonly mayUseTemporary: boolean;
  readonly mayCreateTables: boolean;
  readonly tablespaces: string[];
}

/** A setting of the database applies to new sessions only; the sessions of a pool keep the settings they began with. */
const FACTS = `
  SELECT current_setting('server_version') AS version, current_user AS role,
    pg_is_in_recovery() AS "isStandby",
    current_setting('transaction_read_only')::boolean AS "isReadOnlySession",
    EXISTS (
      SELECT FROM pg_db_role_setting CROSS JOIN unnest(setconfig) AS setting
      WHERE setrole = 0
        AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
        AND split_part(setting, '=', 1) = 'default_transaction_read_only'
        AND split_part(setting, '=', 2)::boolean) AS "isReadOnlyDatabase",
    has_database_privilege(current_database(), 'TEMPORARY') AS "mayUseTemporary",
    coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS "mayCreateTables",
    ARRAY(
      SELECT DISTINCT spcname::text
      FROM pg_class
      JOIN pg_namespace ON pg_namespace.oid = relnamespace AND nspname = current_schema()
      JOIN pg_tablespace ON pg_tablespace.oid = reltablespace
      WHERE has_tablespace_privilege(pg_tablespace.oid, 'CREATE')) AS tablespaces`;

const MISSING = `
  SELECT relation, privilege
  FROM jsonb_each($1) AS needed(relation, privileges) CROSS JOIN jsonb_array_elements_text(privileges) AS privilege
  WHERE NOT has_table_privilege(to_regclass(relation), privilege)`;

/**
 * Reads everything that decides whether syncs can be stored.
 *
 * @param timeoutMs for each statement
 * @throws the driver's errors if Postgres does not respond
 */
export async function inspectStore(
  dataSource: DataSource,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<StoreState> {
  const { facts, missing, faults, pending } = await inTransaction(
    dataSource,
    timeoutMs,
    async ({ runner }) => {
      const [facts]: [Facts] = await runner.query(FACTS);
      const missing: MissingRight[] = await runner.query(MISSING, [JSON.stringify(NEEDED)]);
      const faults = await describeDatabaseFaults(runner);
      return { facts, missing, faults, pending: await pendingMigrations(dataSource, runner) };
    },
    { signal },
  );
  const rights = describeRights(facts, missing);
  return {
    version: `PostgreSQL ${facts.version}`,
    role: facts.role,
    readOnly: whyReadOnly(facts, rights.isReader),
    ...rights,
    pendingMigrations: pending,
    mayCreateTables: facts.mayCreateTables,
    faults,
    tablespaces: facts.tablespaces,
  };
}

interface MissingRight {
  readonly relation: string;
  readonly privilege: string;
}

function describeRights(
  { mayUseTemporary }: Facts,
  missing: readonly MissingRight[],
): Pick<StoreState, 'isReader' | 'missingRights'> {
  const writes = Object.values(NEEDED)
    .flat()
    .filter((privilege) => privilege !== 'SELECT').length;
  const reads = missing.filter(({ privilege }) => privilege === 'SELECT');
  const isReader = missing.length - reads.length === writes;
  const lacking = isReader ? reads : missing;
  return {
    isReader,
    missingRights: [
      ...lacking.map(({ relation, privilege }) => `${privilege} on ${relation}`),
      ...(isReader || mayUseTemporary ? [] : ['TEMPORARY on the database']),
    ],
  };
}

/** A role that only reads may have read-only sessions on purpose; that is no fault. */
function whyReadOnly(facts: Facts, isReader: boolean): string | null {
  if (facts.isStandby) return 'it is a standby server, as after a failover';
  if (facts.isReadOnlyDatabase) return 'default_transaction_read_only is set for the database';
  return facts.isReadOnlySession && !isReader ? 'its sessions are read-only' : null;
}
