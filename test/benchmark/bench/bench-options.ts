import type { Logger } from '../../../src/process/logger';

/** A server that was started by hand. Its namespace `default` is used. */
export interface TemporalServer {
  readonly address: string;
  /** Its metrics, in the format of Prometheus; null if they cannot be read. */
  readonly metrics: string | null;
}

export interface BenchOptions {
  /** The numbers of records that are stored, from the smallest. */
  readonly sizes: readonly number[];
  /** The size of the directory that is read, and of the largest list that is stored or checked. */
  readonly largest: number;
  /** The Temporal server beside which a sync is measured; null for a dev server, as `npm start` runs it. */
  readonly temporal: TemporalServer | null;
  readonly log: Logger;
}
