import type { Logger } from '../../../src/process/logger';

export interface BenchOptions {
  /** Records of the largest list that is stored, and providers of the directory that is read. */
  readonly largest: number;
  readonly log: Logger;
}
