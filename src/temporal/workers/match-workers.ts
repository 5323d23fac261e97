import type { Heartbeat, WorkerReport } from './read-heartbeats';

/** A heartbeat has the time of the worker's clock. A time further in the future than this is ignored. */
const CLOCK_TOLERANCE_MS = 5_000;

/** The clock of a worker is reported if it is further ahead than this. */
const CLOCK_AHEAD_MS = 120_000;

/** For how long Temporal keeps a request for work, which is five minutes, and a minute to spare. */
const POLLS_KEPT_MS = 360_000;

/** A worker as Temporal sees it. */
export interface SeenWorker {
  /** `pid@hostname`, unless the worker sets another identity. */
  readonly identity: string;
  /** Its last heartbeat, or the last time it asked for work, in milliseconds since 1970. */
  readonly lastSeenAt: number;
  /** How far its clock is ahead of Temporal's, in milliseconds; 0 if it is less than two minutes. */
  readonly clockAhead: number;
  /** Null if the server keeps no list of workers. */
  readonly report: WorkerReport | null;
}

/** What Temporal knows of the workers with an identity. Two containers with the same name for their host may share one. */
export interface Sightings {
  readonly identity: string;
  readonly heartbeats: readonly Heartbeat[];
  /** When a worker with this identity last asked for work, by Temporal's clock; 0 if none has recently. */
  readonly polledAt: number;
  /** The time by the clock of this process, which may be wrong too. */
  readonly now: number;
}

/**
 * The workers with an identity. A worker whose last heartbeat is older than the start of another one was replaced by
 * it, and is left out.
 */
export function matchWorkers(sightings: Sightings): SeenWorker[] {
  const { identity, polledAt, now } = sightings;
  const [latest, ...others] = latestFirst(sightings);
  if (!latest) return [{ identity, lastSeenAt: polledAt, clockAhead: 0, report: null }];
  return [latest, ...others.filter(({ at }) => at > latest.startedAt)]
    .filter(({ isStopping }) => !isStopping)
    .map(({ at, report }) => {
      const beat = at <= now + CLOCK_TOLERANCE_MS ? at : 0;
      if (report !== latest.report) return { identity, lastSeenAt: beat, clockAhead: 0, report };
      return {
        identity,
        lastSeenAt: Math.max(beat, polledAt),
        clockAhead: clockAhead(at, polledAt, now),
        report,
      };
    })
    .filter(({ lastSeenAt }) => lastSeenAt > 0);
}

/**
 * Times in the future come last: Temporal keeps the last heartbeat of a worker for a day, also if its clock was wrong
 * and another worker has the identity now.
 */
function latestFirst({ heartbeats, polledAt, now }: Sightings): Heartbeat[] {
  const newest = Math.max(now + CLOCK_TOLERANCE_MS, polledAt + CLOCK_AHEAD_MS);
  const isFuture = ({ at }: Heartbeat) => Number(at > newest);
  return heartbeats.toSorted((a, b) => isFuture(a) - isFuture(b) || b.at - a.at);
}

/**
 * Only a heartbeat with a time in the future is proof. One that is too old may be the last one of an earlier worker with
 * the same identity.
 */
function clockAhead(beatAt: number, polledAt: number, now: number): number {
  if (polledAt === 0) return 0;
  const offset = beatAt - polledAt;
  const isFuture = offset > CLOCK_AHEAD_MS && beatAt - now > CLOCK_AHEAD_MS;
  return isFuture || offset > POLLS_KEPT_MS ? offset : 0;
}
