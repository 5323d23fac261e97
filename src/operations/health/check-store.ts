import type { DataSource } from 'typeorm';
import { inspectStore, type StoreState } from '../../store/inspect/inspect-store';
import { probeWriting } from '../../store/inspect/probe-writing';
import { StoreClient } from '../../store/postgres/store-client';
import {
  classifyStoreError,
  hasTooManyConnections,
  StoreConnectionError,
} from '../../store/postgres/store-failure';
import { type CheckOutcome, checked, incomplete, messageOf, unknown, within } from './check';
import { type Finding, type FindingCode, finding } from './finding';

/** For the whole check. The pool would wait much longer for a frozen server. */
const WITHIN_MS = 3_500;
/** For each statement. Postgres then names what it waits for, before the check gives up. */
const STATEMENT_MS = 2_000;
const CONNECT_MS = 2_500;

const ADVICE = {
  'store-unreachable': 'Start Postgres, or correct DATABASE_URL. Runs wait until it is back.',
  'store-read-only':
    'Set DATABASE_URL to the server that accepts writes, or end its read-only mode. Runs wait until then.',
  'store-full': 'Free space on the disk of Postgres. Runs wait until then.',
  'store-not-writable': 'Look in the log of Postgres for the cause. Runs wait until Postgres accepts writes.',
  'store-rights-missing':
    'Grant the rights as the owner of the tables, or set DATABASE_URL to a role that has them.',
} as const satisfies Partial<Record<FindingCode, string>>;
const TOO_MANY_CONNECTIONS =
  'End connections that are not needed (pg_stat_activity lists them), or raise max_connections or the limit of the role. Runs wait until then.';
/** The findings whose advice depends on nothing else. */
type StoreFault = keyof typeof ADVICE;

/** The finding for each SQLSTATE of a failed write. */
const WRITE_FAILURES: Readonly<Record<string, StoreFault>> = {
  '25006': 'store-read-only',
  '42501': 'store-rights-missing',
  '53100': 'store-full',
};

/**
 * Checks that syncs can be stored: Postgres responds, has our tables, accepts writes, and gives the role of this
 * connection its rights. The workers may use another role; their runs show the rights that it lacks.
 */
export async function checkStore(dataSource: DataSource): Promise<CheckOutcome[]> {
  try {
    return await within(WITHIN_MS, (signal) => inspect(dataSource, signal));
  } catch (error) {
    const what = classifyStoreError(error)?.message ?? `Postgres gave ${messageOf(error)}`;
    const advice = hasTooManyConnections(error) ? TOO_MANY_CONNECTIONS : ADVICE['store-unreachable'];
    return [
      checked('postgres', what, [failing('store-unreachable', `${what.replace(/\.$/, '')}.`, advice)]),
      unknown('tables', 'unknown while Postgres does not answer'),
    ];
  }
}

async function inspect(dataSource: DataSource, signal: AbortSignal): Promise<CheckOutcome[]> {
  if (!dataSource.isInitialized) return unconnected(dataSource);
  const state = await inspectStore(dataSource, STATEMENT_MS, signal);
  const { version, role, pendingMigrations: pending } = state;
  const found = [...settingsOf(state), ...rightsOf(state), ...(await writingOf(dataSource, state, signal))];
  const seen = state.isReader
    ? `${version}; the role ${role} can only read, so the rights of the workers are not checked`
    : `${version}${found.length > 0 ? '' : ', writable'}`;
  return [
    checked('postgres', seen, found),
    checked(
      'tables',
      pending.length === 0 ? 'up to date' : `${pending.length} migrations are missing`,
      migrationsOf(state),
    ),
  ];
}

function settingsOf({ faults, readOnly }: StoreState): Finding[] {
  return [
    ...faults.map(({ what, advice }) =>
      finding({ code: 'store-unusable', severity: 'failing', what, advice }),
    ),
    ...(readOnly === null ? [] : [failing('store-read-only', `Postgres takes no writes: ${readOnly}.`)]),
  ];
}

function rightsOf({ missingRights, role }: StoreState): Finding[] {
  if (missingRights.length === 0) return [];
  return [failing('store-rights-missing', `The role ${role} lacks rights: ${missingRights.join(', ')}.`)];
}

function migrationsOf({ pendingMigrations: { length }, mayCreateTables, role }: StoreState): Finding[] {
  if (length === 0) return [];
  return [
    finding({
      code: 'store-not-migrated',
      severity: 'failing',
      what: `The tables are not those of this version: ${length} ${length === 1 ? 'migration is' : 'migrations are'} missing.`,
      advice: `Run: npx provider-sync migrate${mayCreateTables ? '' : `, with a role that may create tables (${role} may not)`}`,
    }),
  ];
}

/** Tries to write, unless Postgres is known to be read-only. */
async function writingOf(dataSource: DataSource, state: StoreState, signal: AbortSignal): Promise<Finding[]> {
  if (state.readOnly !== null) return [];
  try {
    await probeWriting(dataSource, state.tablespaces, STATEMENT_MS, signal);
    return [];
  } catch (error) {
    signal.throwIfAborted();
    const reason = (classifyStoreError(error)?.message ?? messageOf(error)).replace(/\.$/, '');
    const code = WRITE_FAILURES[sqlStateOf(error)] ?? 'store-not-writable';
    return [failing(code, `Postgres cannot be written: ${reason}.`)];
  }
}

function failing(code: StoreFault, what: string, advice: string = ADVICE[code]): Finding {
  return finding({ code, severity: 'failing', what, advice });
}

function sqlStateOf(error: unknown): string {
  const { driverError } = error as { driverError?: { code?: unknown } };
  return String(driverError?.code ?? '');
}

/**
 * What is known while the pool of this process has no connection yet.
 *
 * @throws StoreConnectionError with the reason if Postgres cannot be reached
 */
async function unconnected({ options }: DataSource): Promise<CheckOutcome[]> {
  const connectionString = 'url' in options ? options.url : undefined;
  const client = new StoreClient({ connectionString, connectionTimeoutMillis: CONNECT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new StoreConnectionError(error);
  } finally {
    await client.end();
  }
  const fact = 'available; this process has not connected yet';
  const found = incomplete('Postgres is available, but this process has not connected to it yet.');
  return [
    { check: 'postgres', state: 'unknown', fact, findings: [found] },
    unknown('tables', 'unknown until this process has connected to Postgres'),
  ];
}
