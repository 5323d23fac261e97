import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities, OpenedRun } from '../src/contract/activities';
import { callTimeout, TIMEOUTS } from '../src/contract/timeouts';

/*
 * The activities with their timeouts and retries.
 */

// Postgres comes back sooner or later, so its steps are repeated for as long as that takes; beyond the
// threshold the wait is a timer, at which a cancellation arrives.
const STORE_OPTIONS = {
  startToCloseTimeout: TIMEOUTS.storeStep,
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
} as const;
const LOCAL = { localRetryThreshold: '1s' } as const;
const OPEN_OPTIONS = {
  ...STORE_OPTIONS,
  // A claim that is under way when the run is cancelled would be left behind, were its end not awaited.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  summary: 'Claim the partner, record the start',
} as const;
export const { openRun } = proxyLocalActivities<Pick<Activities, 'openRun'>>({ ...OPEN_OPTIONS, ...LOCAL });
// The same on any worker: by default a step prefers the worker of the workflow, which may not know the partner.
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
const PERSIST_OPTIONS = {
  summary: 'Store everything in one transaction',
  startToCloseTimeout: TIMEOUTS.save,
  heartbeatTimeout: TIMEOUTS.heartbeat,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '500ms', maximumInterval: '15s' },
} as const;
type Persisting = Pick<Activities, 'persistProviders'>;
export const { persistProviders } = proxyActivities<Persisting>(PERSIST_OPTIONS);
export const { persistProviders: persistAnywhere } = proxyActivities<Persisting>({
  ...PERSIST_OPTIONS,
  ...ANYWHERE,
});

export interface CallOptions {
  readonly maximumAttempts: number;
  /** Whether the worker of the workflow is preferred. */
  readonly allowEagerDispatch: boolean;
}

/** The two activities that call the partner; how long they wait between calls is theirs to say. */
export function callingPartner(
  run: OpenedRun,
  summary: string,
  { maximumAttempts, allowEagerDispatch }: CallOptions,
) {
  return proxyActivities<Pick<Activities, 'authenticate' | 'fetchProviders'>>({
    summary,
    startToCloseTimeout: callTimeout(run.partner.deadlineMs),
    heartbeatTimeout: TIMEOUTS.heartbeat,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', maximumAttempts },
    allowEagerDispatch,
  });
}
