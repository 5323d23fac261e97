import type { Logger } from '../../../src/process/logger';

export interface BenchOptions {
  /** The size of the largest list that is stored and of the directory that is read. */
  readonly largest: number;
  readonly log: Logger;
}
