import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import type { Partners } from '../partner/config/partner';
import type { TemporalConfig } from '../process/config';
import type { Logger } from '../process/logger';

/** What every operation works with, for the API, the pages and the commands alike. */
export interface OperationContext {
  readonly temporal: TemporalConfig;
  readonly partners: Partners;
  /** May be unconnected: the process starts even if Postgres is unavailable. */
  readonly dataSource: DataSource;
  /** Connects on first use. */
  readonly client: Client;
  /** A client on the connection of a worker in this process, if there is one. */
  readonly starter?: Client | undefined;
  readonly log: Logger;
}
