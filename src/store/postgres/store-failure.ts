import { DatabaseError } from 'pg';
import {
  CannotExecuteNotConnectedError,
  ConnectionIsNotSetError,
  QueryFailedError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
  TypeORMError,
} from 'typeorm';
import type { FailureType } from '../../contract/failures';
import { NamedFailure } from '../../contract/named-failure';

export interface StoreFailure {
  readonly type: Extract<FailureType, 'StoreUnavailable' | 'StoreRejected'>;
  /** Contains no value of a row. */
  readonly message: string;
}

/** The run has already ended in another way, so its result must not be stored. */
export class RunSupersededError extends NamedFailure {
  override readonly name = 'RunSupersededError';

  constructor(runId: string, how: string) {
    super('RunSuperseded', `Run ${runId} is no longer running (${how}), so its result was not stored.`);
  }
}

/** No connection could be made, or it was lost. The cause may be the network, TLS, the login or the pool. */
export class StoreConnectionError extends Error {
  override readonly name = 'StoreConnectionError';

  constructor(cause: unknown) {
    super('There is no connection to Postgres', { cause });
  }
}

/**
 * SQLSTATEs, or their classes, that mean that a statement of ours or its data is wrong:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const DEFECTS = [
  '21', // cardinality
  '22', // data
  '23', // constraints
  '42', // syntax, names and types
  '54', // limits of the program, such as the size of a row in an index
];

/** Exceptions to {@link DEFECTS}, which an operator can fix. */
const FIXABLE = [
  '22P05', // the encoding of the database lacks a character
  '42501', // a privilege is missing
];

/** Postgres is available, but its tables or functions are not those of this version. */
const MIGRATIONS_MISSING = new Set(['3F000', '42P01', '42703', '42704', '42883']);

const TOO_MANY_CONNECTIONS = '53300';

/** SQLSTATEs whose message names only roles, databases, relations and limits, and never a value of a row. */
const QUOTABLE = ['28', '3D000', '42501', '53', '57', '25006'];

/**
 * Names the failure of a call to the store. An error counts as refused only if a statement or its data is known to be
 * wrong. Every other error of Postgres or its driver counts as unavailable, so that a result is kept until it can be
 * stored.
 *
 * @returns null for an error from elsewhere, which is a defect of ours
 */
export function classifyStoreError(error: unknown): StoreFailure | null {
  if (error instanceof StoreConnectionError) return classifyDriverError(error.cause);
  if (error instanceof DatabaseError) return classifyDriverError(error);
  if (error instanceof QueryFailedError) return classifyQueryError(error.driverError);
  if (isClosed(error)) return { type: 'StoreUnavailable', message: 'The connection to Postgres was closed' };
  return null;
}

/** Whether Postgres refused a connection because it, the database or the role has as many as it may have. */
export function hasTooManyConnections(error: unknown): boolean {
  if (error instanceof StoreConnectionError) return hasTooManyConnections(error.cause);
  if (error instanceof QueryFailedError) return hasTooManyConnections(error.driverError);
  return sqlStateOf(error) === TOO_MANY_CONNECTIONS;
}

/** An error that pg throws before or after it talks to Postgres is a defect. It may quote a value. */
function classifyQueryError(error: unknown): StoreFailure {
  const isDefect = [TypeError, RangeError, SyntaxError, ReferenceError].some((kind) => error instanceof kind);
  return isDefect
    ? {
        type: 'StoreRejected',
        message: `A statement could not be sent or its answer not read (${nameOf(error)})`,
      }
    : classifyDriverError(error);
}

function classifyDriverError(error: unknown): StoreFailure {
  if (error instanceof AggregateError) return classifyDriverError(error.errors[0]);
  if (error instanceof StoreConnectionError) return classifyDriverError(error.cause);
  if (error instanceof QueryFailedError) return classifyDriverError(error.driverError);
  const sqlState = sqlStateOf(error);
  if (sqlState !== null) return classifySqlState(sqlState, error as Error);
  const reason = error instanceof Error ? error.message : String(error);
  return { type: 'StoreUnavailable', message: `Postgres cannot be reached: ${reason}` };
}

/** How TypeORM reports that a pool was never opened or has been closed, or that a connection was lost between two queries. */
const CLOSED = [
  CannotExecuteNotConnectedError,
  ConnectionIsNotSetError,
  QueryRunnerAlreadyReleasedError,
  QueryRunnerProviderAlreadyReleasedError,
];

function isClosed(error: unknown): boolean {
  return (
    CLOSED.some((kind) => error instanceof kind) ||
    (error instanceof TypeORMError && error.message === 'Driver not Connected')
  );
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** The code of a system error can look like a SQLSTATE (`EPERM`), but only Postgres also sends a severity. */
function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || !('severity' in error)) return null;
  const { code } = error;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

function classifySqlState(code: string, error: Error): StoreFailure {
  const startsWith = (prefix: string) => code.startsWith(prefix);
  if (MIGRATIONS_MISSING.has(code)) {
    return {
      type: 'StoreUnavailable',
      message: `The tables are not those of this version (${code}): run \`provider-sync migrate\`.`,
    };
  }
  if (DEFECTS.some(startsWith) && !FIXABLE.includes(code)) {
    return {
      type: 'StoreRejected',
      message: `Postgres refused a statement or its data (${code}${namesIn(error)})`,
    };
  }
  const words = QUOTABLE.some(startsWith) ? `: ${error.message}` : '';
  return { type: 'StoreUnavailable', message: `Postgres is not available (${code})${words}` };
}

/** The table, column and constraint at fault. Message and details of Postgres are left out: they quote rows. */
function namesIn(error: Error): string {
  return (['table', 'column', 'constraint'] as const)
    .map((kind) => [kind, Reflect.get(error, kind)] as const)
    .filter(([, name]) => typeof name === 'string')
    .map(([kind, name]) => `, ${kind} ${name}`)
    .join('');
}
