import { isNativeError } from 'node:util/types';
import { QueryFailedError } from 'typeorm';
import type { FailureType } from '../contract/failures';

export interface StoreFailure {
  readonly type: Extract<FailureType, 'StoreUnavailable' | 'StoreRejected'>;
  /** What happened, without any value of a row. */
  readonly message: string;
}

/** The run had already been ended by someone else: what it brings must not be stored. */
export class RunSupersededError extends Error {
  override readonly name = 'RunSupersededError';

  constructor(runId: string, how: string) {
    super(`Run ${runId} is no longer running (${how}), so its result was not stored.`);
  }
}

/** The store could not decide now what it will be able to decide in another moment. */
export class StoreContendedError extends Error {
  override readonly name = 'StoreContendedError';
}

/** Codes of Node.js for a connection that was not made, or was lost. */
const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'ENOENT', // a Unix socket that is not there
]);

/** What pg and its pool say, without a code, about a connection that was not made, or was lost. */
const CONNECTION_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Driver not Connected|Query read timeout|Client (has encountered a connection error|was closed) and is not queryable|Cannot use a pool after calling end|The server does not support SSL|There was an error establishing an SSL connection)/i;

/** Postgres is there, but its tables are not those of this version. */
const MIGRATIONS_MISSING = new Set(['42P01', '42703', '42704']);

/**
 * SQLSTATEs, or their classes, that say that Postgres is away, busy or not set up, and nothing about the
 * data: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const UNAVAILABLE = [
  '08', // connection
  '25006', // a standby, or a failover under way
  '25P03', // idle in transaction for too long
  '25P04', // transaction for too long
  '28', // login refused
  '3D000', // no such database
  '40', // serialization, deadlock
  '42501', // privilege missing
  '53', // disk, memory or connections exhausted
  '55P03', // lock not to be had
  '57', // shutdown, cancellation, timeout
  '58', // operating system
  'F0', // configuration
  'XX', // the server's own fault, such as rows that are changed under it
];

/** Where Postgres' own words name only roles, databases, relations and limits, never a value of a row. */
const QUOTABLE = ['28', '3D000', '42501', '53', '57', '25006'];

/**
 * Names the failure of a call to the store; null for anything that did not come from the database or the
 * way to it, which is then a defect of ours.
 */
export function classifyStoreError(error: unknown): StoreFailure | null {
  if (error instanceof QueryFailedError) return classifyStoreError(error.driverError);
  if (error instanceof StoreContendedError) return { type: 'StoreUnavailable', message: error.message };
  if (!isNativeError(error)) return null;
  if ('errors' in error && Array.isArray(error.errors)) return firstFailure(error.errors);

  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code !== null && isSqlState(code, error)) return classifySqlState(code, error);
  if ((code !== null && CONNECTION_CODES.has(code)) || CONNECTION_MESSAGES.test(error.message)) {
    return { type: 'StoreUnavailable', message: `Postgres cannot be reached: ${error.message}` };
  }
  return null;
}

/** The several addresses of one host were tried: the first failure speaks for all. */
function firstFailure(errors: readonly unknown[]): StoreFailure | null {
  return errors.map(classifyStoreError).find((failure) => failure !== null) ?? null;
}

/** A system error's code can have the form of a SQLSTATE (`EPERM`); only Postgres also sends a severity. */
function isSqlState(code: string, error: Error): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && 'severity' in error;
}

function classifySqlState(code: string, error: Error): StoreFailure {
  const startsWith = (prefix: string) => code.startsWith(prefix);
  if (MIGRATIONS_MISSING.has(code)) {
    return {
      type: 'StoreUnavailable',
      message: `The tables are not those of this version (${code}): run \`provider-sync migrate\`.`,
    };
  }
  if (UNAVAILABLE.some(startsWith)) {
    const words = QUOTABLE.some(startsWith) ? `: ${error.message}` : '';
    return { type: 'StoreUnavailable', message: `Postgres is not available (${code})${words}` };
  }
  return { type: 'StoreRejected', message: `Postgres refused what it was given (${code}${namesIn(error)})` };
}

/** Table, column and constraint at fault. Postgres' message and details are left out: they quote rows. */
function namesIn(error: Error): string {
  return (['table', 'column', 'constraint'] as const)
    .map((kind) => [kind, Reflect.get(error, kind)] as const)
    .filter(([, name]) => typeof name === 'string')
    .map(([kind, name]) => `, ${kind} ${name}`)
    .join('');
}
