import type { Logger } from '../../../src/process/logger';

export interface BenchOptions {
  /** The numbers of records that are stored, from the smallest. */
  readonly sizes: readonly number[];
  /** The size of the directory that is read, and of the largest list that is stored or checked. */
  readonly largest: number;
  readonly log: Logger;
}
