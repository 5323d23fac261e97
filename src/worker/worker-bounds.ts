import type { WorkerOptions } from '@temporalio/worker';

/** What one worker takes on at once. Everything else waits in Temporal, where another worker can take it. */
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
  /** Connections to Postgres, opened only when they are needed. */
  readonly poolSize: number;
}

/** A run holds a slot here while it opens or closes, which takes a few milliseconds. */
const LOCAL_ACTIVITIES = 4;
/** A workflow task takes milliseconds, but while a run opens or closes it waits for Postgres with it. */
const WORKFLOW_TASKS = 40;

/**
 * The bounds that follow from the one number an operator sets.
 *
 * @param maxConcurrentSyncs how many runs may be calling a partner or saving at once; a run does one thing at a time
 */
export function workerBounds(maxConcurrentSyncs: number): WorkerBounds {
  return {
    options: {
      maxConcurrentActivityTaskExecutions: maxConcurrentSyncs,
      maxConcurrentLocalActivityExecutions: LOCAL_ACTIVITIES,
      maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS,
      // A cached run needs no replay for its next step, and holds its answer; more than the tasks, or the SDK lowers those.
      maxCachedWorkflows: WORKFLOW_TASKS + 2 * maxConcurrentSyncs,
      // Polls are added while there is work and given back when there is none.
      workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 10 },
      activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 2, maximum: 10 },
      // One thread that all runs share: there is little work in them, and each thread more takes memory.
      reuseV8Context: true,
      workflowThreadPoolSize: 1,
    },
    // A save, opening or closing a run and noting a call each hold one connection, so that nobody waits for one.
    poolSize: maxConcurrentSyncs + LOCAL_ACTIVITIES,
  };
}
