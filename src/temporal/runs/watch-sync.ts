import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { isSyncResult } from '../../contract/results';
import type { SyncResult } from '../../contract/run';
import { ended, type FailedEnd, failureOf } from './failure-of';
import type { SyncHandle } from './start-sync';
import { describeProgress } from './sync-progress';

/** How a sync ended, for its caller. */
export type SyncOutcome = SyncResult | FailedEnd;

const POLL_INTERVAL_MS = 250;
const DESCRIBE_TIMEOUT_MS = 5_000;

/**
 * Waits for the end of a sync and reports each change of its progress in one line.
 *
 * @param signal ends the watching, not the sync
 */
export async function watchSync(
  handle: SyncHandle,
  onProgress: (line: string) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<SyncOutcome> {
  // A long sync takes many long polls, and the SDK does not remove its listener after each.
  setMaxListeners(0, signal);
  const ended = new AbortController();
  const outcome = handle.client
    .withAbortSignal(signal, () => syncOutcome(handle))
    .finally(() => ended.abort());
  // Both must end before the caller closes the connection: the SDK throws if it repeats a call on a closed one.
  const [result] = await Promise.allSettled([outcome, reportProgress(handle, onProgress, ended.signal)]);
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** Waits for the end of a sync. */
export async function syncOutcome(handle: SyncHandle): Promise<SyncOutcome> {
  try {
    const result: unknown = await handle.result();
    return isSyncResult(result) ? result : ended('failed', 'InvalidResult');
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return failureOf(error);
  }
}

async function reportProgress(
  handle: SyncHandle,
  onProgress: (line: string) => void,
  ended: AbortSignal,
): Promise<void> {
  let last = '';
  while (!ended.aborted) {
    // The progress is optional. Without it, the end is still reported.
    const deadline = Date.now() + DESCRIBE_TIMEOUT_MS;
    const line = await handle.client.withDeadline(deadline, () => describeProgress(handle)).catch(() => '');
    if (line && line !== last && !ended.aborted) onProgress(line);
    last = line || last;
    await sleep(POLL_INTERVAL_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}
