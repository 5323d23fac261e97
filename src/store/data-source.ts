import type { Client, PoolConfig } from 'pg';
import { DataSource } from 'typeorm';
import type { Logger } from '../process/logger';
import { endWhenSilentFor } from './connection-silence';
import { ENTITIES } from './entities';
import { MIGRATIONS } from './migrations';
import { classifyStoreError } from './store-failure';

/** Milliseconds after which each kind of waiting for Postgres ends. */
export const TIMEOUTS = {
  /** A free connection, or a new one: long enough for a failover's first answer, short for a person. */
  connect: 5_000,
  /** One statement; what is known to take longer says so itself. */
  statement: 30_000,
  /** A row or table that someone else has locked: less than a statement, so that the cause is named. */
  lock: 10_000,
  /** A transaction of ours whose process hangs: it must not hold its locks for ever. */
  idleInTransaction: 60_000,
  /** How long a connection without work is kept; less than the silence that ends it. */
  idle: 30_000,
  /** The server's word that a statement took too long comes first; then silence means that it is gone. */
  silenceAfterStatement: 5_000,
  /** Idle time before the system asks whether the other side is still there. */
  keepAlive: 10_000,
} as const;

export interface DataSourceConfig {
  readonly url: string;
  /** What `pg_stat_activity` calls our connections. */
  readonly applicationName: string;
  readonly poolSize: number;
  readonly log?: Pick<Logger, 'warn'>;
}

/** The pool of connections to Postgres, not yet connected: call `initialize()`. */
export function createDataSource({ url, applicationName, poolSize, log }: DataSourceConfig): DataSource {
  const pool: PoolConfig = {
    statement_timeout: TIMEOUTS.statement,
    lock_timeout: TIMEOUTS.lock,
    idle_in_transaction_session_timeout: TIMEOUTS.idleInTransaction,
    idleTimeoutMillis: TIMEOUTS.idle,
    keepAlive: true,
    keepAliveInitialDelayMillis: TIMEOUTS.keepAlive,
    onConnect: (client) =>
      endWhenSilentFor(client as Client, TIMEOUTS.statement + TIMEOUTS.silenceAfterStatement),
  };
  return new DataSource({
    type: 'postgres',
    url,
    applicationName,
    poolSize,
    connectTimeoutMS: TIMEOUTS.connect,
    extra: pool,
    // The pool replaces a lost connection by itself; without a listener the error would end the process.
    poolErrorHandler: (error: unknown) =>
      log?.warn({ reason: classifyStoreError(error)?.message }, 'A connection to Postgres was lost'),
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migrations',
    synchronize: false,
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    // Queries and their parameters hold names of people.
    logging: false,
  });
}
