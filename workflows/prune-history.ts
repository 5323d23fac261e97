import {
  ActivityCancellationType,
  ApplicationFailure,
  proxyActivities,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { FailureType } from '../src/contract/failures';
import {
  PRUNED,
  type PruneActivities,
  type PruneCounts,
  type PruneInput,
  type PruneResult,
  type PruneTurnResult,
} from '../src/contract/prune';
import { TIMEOUTS } from '../src/contract/timeouts';

/** Turns of one run, for some hours. Its history stays small; the next run continues. */
const MOST_TURNS = 1_000;

const { pruneHistory: pruneTurn } = proxyActivities<PruneActivities>({
  startToCloseTimeout: TIMEOUTS.prune,
  heartbeatTimeout: TIMEOUTS.heartbeat,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '1m' },
  summary: 'Remove old history for some seconds',
});

/**
 * Removes history that is older than the workers' configuration says. Each activity takes seconds, so that syncs do not
 * wait for a free place on a worker.
 *
 * @param input nothing, null, or `{ dryRun }`
 */
export async function pruneHistory(input?: PruneInput | null): Promise<PruneResult> {
  const dryRun = readDryRun(input);
  const at = new Date().toISOString();
  const removed = { calls: 0, rawRecords: 0, rejectedRecords: 0, runs: 0 };
  let turns = 0;
  for (const what of PRUNED) {
    let turn: PruneTurnResult = { removed: 0, isDone: false };
    while (!turn.isDone && turns++ < MOST_TURNS) {
      turn = await pruneTurn({ what, dryRun, at, ...(turn.after && { after: turn.after }) });
      removed[what] += turn.removed;
      setCurrentDetails(explain(removed, dryRun));
    }
  }
  return { dryRun, removed, complete: turns <= MOST_TURNS };
}

function readDryRun(input: PruneInput | null | undefined): boolean {
  const { dryRun = false, ...unknown } = input ?? {};
  if (typeof dryRun === 'boolean' && Object.keys(unknown).length === 0) return dryRun;
  throw ApplicationFailure.nonRetryable(
    'The input must be nothing, or an object with dryRun.',
    'InvalidInput' satisfies FailureType,
  );
}

function explain({ calls, rawRecords, rejectedRecords, runs }: PruneCounts, dryRun: boolean): string {
  const verb = dryRun ? 'Would remove' : 'Removed';
  return `- ${verb} ${calls} calls, the text of ${rawRecords} rejected records, ${rejectedRecords} rejected records and ${runs} runs`;
}
