import type { Client } from '@temporalio/client';
import { TIMEOUTS } from '../../contract/timeouts';
import { type Heartbeat, readHeartbeats, type WorkerReport } from './read-heartbeats';
import { readPolls } from './read-polls';

/** A heartbeat has the time of the worker's clock. A time further in the future than this is ignored. */
const CLOCK_TOLERANCE_MS = 5_000;

/** The last heartbeat and the last request for work of a worker with a good clock are never this far apart. */
const CLOCK_OFFSET_MS = 120_000;

/** A worker as Temporal sees it. */
export interface SeenWorker {
  /** `pid@hostname`, unless the worker sets another identity. */
  readonly identity: string;
  /** Its last heartbeat, or the last time it asked for work, in milliseconds since 1970. */
  readonly lastSeenAt: number;
  /** Milliseconds between its last heartbeat, by its own clock, and Temporal's; 0 if they are less than two minutes. */
  readonly clockOffset: number;
  /** Null if the server keeps no list of workers. */
  readonly report: WorkerReport | null;
}

/**
 * The workers of the task queue that Temporal has seen recently, running or lost, by their heartbeats. If the server
 * keeps no heartbeats, or a worker's clock is wrong, their requests for work count: an idle worker sends one about
 * every minute. A worker that has reported its shutdown is left out.
 */
export async function listWorkers(client: Client, taskQueue: string): Promise<SeenWorker[]> {
  const [heartbeats, polls] = await Promise.all([
    readHeartbeats(client, taskQueue),
    readPolls(client, taskQueue),
  ]);
  const identities = new Set([...polls.keys(), ...heartbeats.map(({ identity }) => identity)]);
  return [...identities].flatMap((identity) =>
    workersOf(
      identity,
      heartbeats.filter((each) => each.identity === identity),
      polls.get(identity) ?? 0,
    ),
  );
}

/** Whether a worker was seen recently enough to count as running. */
export function isPolling({ lastSeenAt }: Pick<SeenWorker, 'lastSeenAt'>): boolean {
  return Date.now() - lastSeenAt <= TIMEOUTS.workerSeen;
}

/**
 * The workers with an identity. Two containers with the same name for their host may share one. A worker whose last
 * heartbeat is older than the start of another one was replaced by it, and is left out.
 */
function workersOf(identity: string, heartbeats: readonly Heartbeat[], polledAt: number): SeenWorker[] {
  const [latest, ...others] = heartbeats.toSorted((a, b) => b.at - a.at);
  if (!latest) return [{ identity, lastSeenAt: polledAt, clockOffset: 0, report: null }];
  const newest = Date.now() + CLOCK_TOLERANCE_MS;
  return [latest, ...others.filter(({ at }) => at > latest.startedAt)]
    .filter(({ isStopping }) => !isStopping)
    .map(({ at, report }) => {
      const beat = at <= newest ? at : 0;
      if (report !== latest.report) return { identity, lastSeenAt: beat, clockOffset: 0, report };
      return {
        identity,
        lastSeenAt: Math.max(beat, polledAt),
        clockOffset: clockOffset(at, polledAt),
        report,
      };
    })
    .filter(({ lastSeenAt }) => lastSeenAt > 0);
}

/** @param polledAt by Temporal's clock; 0 if the worker has not asked for work recently */
function clockOffset(beatAt: number, polledAt: number): number {
  const offset = beatAt - polledAt;
  const isAhead = offset > CLOCK_OFFSET_MS && beatAt - Date.now() > CLOCK_OFFSET_MS;
  const isBehind = offset < -CLOCK_OFFSET_MS;
  return polledAt > 0 && (isAhead || isBehind) ? offset : 0;
}
