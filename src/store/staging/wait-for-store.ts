import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { RunStatus } from '../../contract/run';
import type { Logger } from '../../process/logger';
import { Trouble } from '../../process/trouble';
import { prepared } from '../postgres/prepared';
import { classifyStoreError, RunSupersededError } from '../postgres/store-failure';

const RETRY_MS = 1_000;

const IS_READY = prepared(`
  SELECT status, current_setting('transaction_read_only')::boolean AS "readOnly" FROM sync_runs WHERE id = $1`);

/**
 * Waits until Postgres can store a page of the run.
 *
 * @throws RunSupersededError if the run has ended
 * @throws the signal's reason
 */
export async function waitForStore(
  dataSource: DataSource,
  runId: string,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  await patiently(log, signal, async () => {
    const [run]: [{ status: RunStatus; readOnly: boolean }?] = await dataSource.query(IS_READY, [runId]);
    if (run?.status !== 'running') {
      throw new RunSupersededError(runId, run?.status ?? 'the database does not know it');
    }
    return !run.readOnly;
  });
}

/**
 * Repeats a step in the database while Postgres is not available.
 *
 * @param step returns false or undefined if it cannot be done yet
 * @throws the error of the step that waiting cannot help, or the signal's reason
 */
export async function patiently<T>(log: Logger, signal: AbortSignal, step: () => Promise<T>): Promise<T> {
  const trouble = new Trouble(log, 'Waiting for Postgres', 'Postgres is available');
  for (;;) {
    signal.throwIfAborted();
    try {
      const result = await step();
      trouble.over();
      if (result !== false) return result;
      trouble.occurred('Postgres takes no writes');
    } catch (error) {
      const failure = classifyStoreError(error);
      if (failure?.type !== 'StoreUnavailable') throw error;
      trouble.occurred(failure.message);
    }
    await sleep(RETRY_MS, undefined, { signal });
  }
}
