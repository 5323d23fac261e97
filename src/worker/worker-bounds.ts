import type { WorkerOptions } from '@temporalio/worker';

/** The limits of one worker. All other work waits in Temporal, where another worker can take it. */
export interface WorkerBounds {
  readonly options: Pick<
    WorkerOptions,
    | 'maxConcurrentActivityTaskExecutions'
    | 'maxConcurrentLocalActivityExecutions'
    | 'maxConcurrentWorkflowTaskExecutions'
    | 'maxCachedWorkflows'
    | 'workflowTaskPollerBehavior'
    | 'activityTaskPollerBehavior'
    | 'reuseV8Context'
    | 'workflowThreadPoolSize'
  >;
  /** The maximum of connections to Postgres. They are opened only when they are needed. */
  readonly poolSize: number;
}

/** A run holds a slot while it opens or closes, for a few milliseconds. */
const LOCAL_ACTIVITIES = 4;
/** A workflow task takes milliseconds, except while a run opens or closes and Postgres is slow. */
const WORKFLOW_TASKS = 40;

/**
 * Derives all limits of a worker from the number that an operator sets.
 *
 * @param maxConcurrentSyncs how many runs may call a partner or save at the same time
 */
export function workerBounds(maxConcurrentSyncs: number): WorkerBounds {
  return {
    options: {
      maxConcurrentActivityTaskExecutions: maxConcurrentSyncs,
      maxConcurrentLocalActivityExecutions: LOCAL_ACTIVITIES,
      maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS,
      // A cached run needs no replay, but holds its answer. With fewer than the tasks, the SDK would lower the tasks.
      maxCachedWorkflows: WORKFLOW_TASKS + 2 * maxConcurrentSyncs,
      // The SDK adds polls while there is work, and removes them when there is none.
      workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 10 },
      activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 2, maximum: 10 },
      // All workflows share one thread: they do little work, and every further thread takes memory.
      reuseV8Context: true,
      workflowThreadPoolSize: 1,
    },
    // A save, an opening or closing and the recording of a call hold one connection each, so that none has to wait.
    poolSize: maxConcurrentSyncs + LOCAL_ACTIVITIES,
  };
}
