import type { DataSource } from 'typeorm';
import type { Activities } from '../src/contract/sync';
import type { Logger } from '../src/process/logger';
import { closeRun } from '../src/store/close-run';
import { failingAsTemporal } from './temporal-failure';

/** Records that a run failed or was cancelled, and why, with its calls. */
export function createCloseRun(dataSource: DataSource, log: Logger): Activities['closeRun'] {
  return async (input) => {
    const lines = log.child({ run: input.runId });
    await failingAsTemporal(() => closeRun(dataSource, input), lines);
    lines.warn({ failure: input.failure }, `Run ${input.status}`);
  };
}
