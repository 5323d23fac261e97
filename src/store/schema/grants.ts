/** The roles in addition to the owner of the tables, which migrates. A worker writes; API, pages and CLI read, with few exceptions. */
export const STORE_ROLES = ['worker', 'reader'] as const;
export type StoreRole = (typeof STORE_ROLES)[number];

type TablePrivilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

const READ: readonly TablePrivilege[] = ['SELECT'];
const ADD: readonly TablePrivilege[] = ['SELECT', 'INSERT'];
const CHANGE: readonly TablePrivilege[] = ['SELECT', 'INSERT', 'UPDATE'];
const ALL: readonly TablePrivilege[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
const ADD_AND_REMOVE: readonly TablePrivilege[] = ['SELECT', 'INSERT', 'DELETE'];

/** The privileges of each role on each table. This list is complete: every other privilege is revoked. */
export const TABLE_GRANTS: Readonly<Record<string, Readonly<Record<StoreRole, readonly TablePrivilege[]>>>> =
  {
    sync_runs: { worker: ALL, reader: READ },
    providers: { worker: ALL, reader: READ },
    // Triggers of `providers` write it with the rights of the role that writes there.
    provider_counts: { worker: ALL, reader: READ },
    provider_changes: { worker: ADD_AND_REMOVE, reader: READ },
    partner_calls: { worker: ALL, reader: READ },
    // What an operator decides about them is in COLUMN_GRANTS.
    rejected_records: { worker: ALL, reader: READ },
    pending_departures: { worker: ADD_AND_REMOVE, reader: READ },
    staged_pages: { worker: ADD_AND_REMOVE, reader: READ },
    staged_records: { worker: ALL, reader: READ },
    // Only a worker has the keys to read them.
    kept_answers: { worker: ADD_AND_REMOVE, reader: [] },
    erasures: { worker: CHANGE, reader: READ },
    suppressed_people: { worker: ADD_AND_REMOVE, reader: [] },
    suppression_keys: { worker: CHANGE, reader: [] },
    webhook_messages: { worker: ALL, reader: READ },
    webhook_receivers: { worker: ALL, reader: READ },
    // API, pages and CLI record there what an operator does to a run.
    operator_actions: { worker: ['SELECT', 'DELETE'], reader: ADD },
    // Logging out on the pages is recorded here.
    ended_sessions: { worker: READ, reader: ADD_AND_REMOVE },
    schema_migrations: { worker: READ, reader: READ },
  };

/** Columns that a role may update in addition. API, pages and CLI record there what an operator decides. */
export const COLUMN_GRANTS: Readonly<Record<StoreRole, Readonly<Record<string, readonly string[]>>>> = {
  worker: {},
  reader: { rejected_records: ['dismissed_at', 'dismissed_by', 'dismissed_reason'] },
};

/** The privileges of each role on a table that a later migration adds, until the roles are applied again. */
export const NEW_TABLE_GRANTS: Readonly<Record<StoreRole, readonly TablePrivilege[]>> = {
  worker: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  reader: READ,
};

/** A worker stages each answer in a temporary table. */
export const DATABASE_GRANTS: Readonly<Record<StoreRole, readonly ('CONNECT' | 'TEMPORARY')[]>> = {
  worker: ['CONNECT', 'TEMPORARY'],
  reader: ['CONNECT'],
};
