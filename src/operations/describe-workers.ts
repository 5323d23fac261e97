import { readOpenRuns } from '../temporal/runs/open-runs';
import { isPolling, listWorkers } from '../temporal/workers/list-workers';
import type { SeenWorker } from '../temporal/workers/match-workers';
import type { WorkerReport } from '../temporal/workers/read-heartbeats';
import type { OperationContext } from './context';

export const WORKER_STATES = ['polling', 'lost'] as const;

/** A step of a run that a worker executes now. */
export interface WorkerStep {
  /** The name of the activity. */
  readonly step: string;
  readonly attempt: number;
  /** ISO 8601, UTC; null if it is unknown. */
  readonly since: string | null;
  readonly workflowId: string;
  /** Null if it is unknown. */
  readonly partner: string | null;
}

/** A worker of the task queue: what it is, whether it works, and what it executes now. */
export interface WorkerView {
  /** `pid@hostname`, unless the worker sets another identity. */
  readonly identity: string;
  /** `lost`: it stopped sending heartbeats without reporting a shutdown. */
  readonly state: (typeof WORKER_STATES)[number];
  /** ISO 8601, UTC. */
  readonly lastSeenAt: string;
  /** What it reports of itself; null if Temporal keeps no list of workers. */
  readonly report: WorkerReport | null;
  readonly steps: readonly WorkerStep[];
}

/** The workers of the task queue: first those that poll, then those that were lost, the one seen last first. */
export async function describeWorkers({
  client,
  temporal: { taskQueue },
}: Pick<OperationContext, 'client' | 'temporal'>): Promise<WorkerView[]> {
  const [workers, { examined }] = await Promise.all([
    listWorkers(client, taskQueue),
    readOpenRuns(client, taskQueue),
  ]);
  const executed = examined.flatMap(({ workflowId, partner, steps }) =>
    steps.map(({ name, worker, ...step }) => ({
      worker,
      step: { step: name, ...step, workflowId, partner },
    })),
  );
  return workers
    .map((worker) =>
      toView(
        worker,
        executed.filter((one) => one.worker === worker.identity).map(({ step }) => step),
      ),
    )
    .sort((a, b) => rank(a) - rank(b) || b.lastSeenAt.localeCompare(a.lastSeenAt));
}

function toView(worker: SeenWorker, steps: readonly WorkerStep[]): WorkerView {
  const { identity, lastSeenAt, report } = worker;
  return {
    identity,
    state: isPolling(worker) ? 'polling' : 'lost',
    lastSeenAt: new Date(lastSeenAt).toISOString(),
    report,
    steps,
  };
}

function rank({ state }: WorkerView): number {
  return WORKER_STATES.indexOf(state);
}
