import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities, OpenedRun } from '../src/contract/activities';
import { callTimeout, TIMEOUTS } from '../src/contract/timeouts';

/*
 * The activities with their timeouts and retries.
 */

// A step of the store is repeated until Postgres is available again. Beyond the threshold a local activity waits with
// a timer, during which the workflow can be cancelled.
const STORE_OPTIONS = {
  startToCloseTimeout: TIMEOUTS.storeStep,
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
} as const;
const LOCAL = { localRetryThreshold: '1s' } as const;
const OPEN_OPTIONS = {
  ...STORE_OPTIONS,
  // Without this, a run that is cancelled during the claim would leave the claim behind.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  summary: 'Claim the partner, record the start',
} as const;
export const { openRun } = proxyLocalActivities<Pick<Activities, 'openRun'>>({ ...OPEN_OPTIONS, ...LOCAL });
// On any worker: by default an activity prefers the worker of the workflow, which may not know the partner.
const ANYWHERE = { allowEagerDispatch: false } as const;
export const { openRun: openRunAnywhere } = proxyActivities<Pick<Activities, 'openRun'>>({
  ...OPEN_OPTIONS,
  ...ANYWHERE,
});
export const { closeRun } = proxyLocalActivities<Pick<Activities, 'closeRun'>>({
  ...STORE_OPTIONS,
  ...LOCAL,
  summary: 'Record why the run ended',
});
const PATIENT = {
  heartbeatTimeout: TIMEOUTS.heartbeat,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '500ms', maximumInterval: '15s' },
} as const;
const PERSIST_OPTIONS = {
  ...PATIENT,
  summary: 'Store everything in one transaction',
  startToCloseTimeout: TIMEOUTS.save,
} as const;
type Persisting = Pick<Activities, 'persistProviders'>;
export const { persistProviders } = proxyActivities<Persisting>(PERSIST_OPTIONS);
export const { persistProviders: persistAnywhere } = proxyActivities<Persisting>({
  ...PERSIST_OPTIONS,
  ...ANYWHERE,
});

/** The activity that reads an answer again. Without a call, it is repeated until Postgres is available. */
export function replayActivity(
  summary: string,
  { allowEagerDispatch }: Pick<CallOptions, 'allowEagerDispatch'>,
) {
  return proxyActivities<Pick<Activities, 'replayProviders'>>({
    ...PATIENT,
    summary,
    startToCloseTimeout: TIMEOUTS.stagedPage,
    allowEagerDispatch,
  });
}

export interface CallOptions {
  readonly maximumAttempts: number;
  /** Whether the step waits for Postgres, and stores what it got. */
  readonly isStaged?: boolean;
  /** Whether Temporal may prefer the worker of the workflow. */
  readonly allowEagerDispatch: boolean;
}

/** The two activities that call the partner. Each failed attempt sets the delay before the next one. */
export function partnerActivities(
  run: OpenedRun,
  summary: string,
  { maximumAttempts, allowEagerDispatch, isStaged = false }: CallOptions,
) {
  return proxyActivities<Pick<Activities, 'authenticate' | 'fetchProviders'>>({
    summary,
    startToCloseTimeout: isStaged ? TIMEOUTS.stagedPage : callTimeout(run.partner.deadlineMs),
    heartbeatTimeout: TIMEOUTS.heartbeat,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', maximumAttempts },
    allowEagerDispatch,
  });
}
