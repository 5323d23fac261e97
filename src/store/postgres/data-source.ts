import type { Client, PoolConfig } from 'pg';
import { DataSource, type Logger as TypeOrmLogger } from 'typeorm';
import { TIMEOUTS } from '../../contract/timeouts';
import type { Logger } from '../../process/logger';
import { ENTITIES } from '../schema/entities';
import { MIGRATIONS } from '../schema/migrations';
import { endWhenSilentFor, endWhenUnusable } from './connection-guards';
import { applySessionSettings } from './session-settings';
import { StoreClient } from './store-client';
import { classifyStoreError, StoreConnectionError } from './store-failure';
import { STORE_DRIVER } from './store-pool';

const SILENT: TypeOrmLogger = {
  log: () => undefined,
  logMigration: () => undefined,
  logQuery: () => undefined,
  logQueryError: () => undefined,
  logQuerySlow: () => undefined,
  logSchemaBuild: () => undefined,
};

export interface DataSourceConfig {
  readonly url: string;
  /** The name of our connections in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly poolSize: number;
  readonly log?: Pick<Logger, 'warn'>;
}

/** The pool of connections to Postgres, not yet connected: call `initialize()`. */
export function createDataSource({ url, applicationName, poolSize, log }: DataSourceConfig): DataSource {
  const pool: PoolConfig = {
    Client: StoreClient,
    idleTimeoutMillis: TIMEOUTS.idle,
    keepAlive: true,
    keepAliveInitialDelayMillis: TIMEOUTS.keepAlive,
    onConnect: async (client) => {
      endWhenSilentFor(client as Client, TIMEOUTS.statement + TIMEOUTS.silenceAfterStatement);
      endWhenUnusable(client as Client);
      await applySessionSettings(client as Client);
    },
  };
  return new DataSource({
    type: 'postgres',
    driver: STORE_DRIVER,
    url,
    applicationName,
    poolSize,
    connectTimeoutMS: TIMEOUTS.connect,
    extra: pool,
    // The pool replaces a lost connection itself. Without a listener, the error would end the process.
    poolErrorHandler: (error: unknown) =>
      log?.warn(
        { reason: classifyStoreError(new StoreConnectionError(error))?.message },
        'A connection to Postgres was lost',
      ),
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migrations',
    synchronize: false,
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    // Queries and their parameters hold names of people. The error of a failed query says enough.
    logging: false,
    logger: SILENT,
  });
}
