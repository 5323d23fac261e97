import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import type { Partners } from '../partner/partner';
import type { HttpConfig, TemporalConfig } from '../process/config';
import type { Logger } from '../process/logger';

/** What the routes of the API and the pages are made from. */
export interface ApiContext {
  readonly http: HttpConfig;
  readonly temporal: TemporalConfig;
  readonly partners: Partners;
  /** Perhaps not yet connected: Postgres may come later. */
  readonly dataSource: DataSource;
  /** Connects when it is first used. */
  readonly client: Client;
  readonly log: Logger;
}
