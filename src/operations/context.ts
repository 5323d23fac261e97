import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import type { Partners } from '../partner/config/partner';
import type { TemporalConfig } from '../process/config';
import type { Logger } from '../process/logger';

/** What an operation works with, whether the API, a page or a command asks for it. */
export interface OperationContext {
  readonly temporal: TemporalConfig;
  readonly partners: Partners;
  /** Perhaps not yet connected: Postgres may come later. */
  readonly dataSource: DataSource;
  /** Connects when it is first used. */
  readonly client: Client;
  readonly log: Logger;
}
