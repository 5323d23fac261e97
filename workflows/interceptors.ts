import { CancellationScope, patched, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

/**
 * A cancelled run lets each attempt of a local activity end; only the wait for the next attempt is cancelled. There are
 * two reasons:
 * - The SDK's core fails the workflow task, again and again, if the cancellation and the result of a local activity
 *   reach the workflow together (TMPRL1100, "Invalid transition in state machine").
 * - A worker that was killed may have claimed the partner, or recorded the run as skipped, without a report to
 *   Temporal. One more attempt finds that, so that the run ends in the table as in Temporal.
 */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleLocalActivity: (input, next) =>
        // Runs that began with an earlier version made no attempt if they were cancelled before it.
        CancellationScope.current().consideredCancelled && !patched('attempt-though-cancelled')
          ? next(input)
          : CancellationScope.nonCancellable(() => next(input)),
    },
  ],
});
