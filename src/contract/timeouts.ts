/**
 * How long each thing may take, in milliseconds. What waits for something else is given more time than that, so
 * that a wait ends where its cause can be named; {@link listDisorder} holds them to it.
 */
export const TIMEOUTS = {
  /** Postgres: a free connection, or a new one: long enough for a failover's first answer, short for a person. */
  connect: 5_000,
  /** Postgres: a row or table that someone else has locked: less than a statement, so that the cause is named. */
  lock: 10_000,
  /** Postgres: one statement; what is known to take longer says so itself. */
  statement: 30_000,
  /** Postgres: one statement of a save: a million records take a slow server minutes. */
  saveStatement: 10 * 60_000,
  /** Postgres: the server's word that a statement took too long comes first; then silence means that it is gone. */
  silenceAfterStatement: 5_000,
  /** Postgres: how long a connection without work is kept; less than the silence that ends it. */
  idle: 30_000,
  /** Postgres: a transaction of ours whose process hangs: it must not hold its locks for ever. */
  idleInTransaction: 60_000,
  /** Postgres: how often it looks, during a statement, whether the process that sent it is still there. */
  clientGone: 2_000,
  /** Postgres: idle time before the system asks whether the other side is still there. */
  keepAlive: 10_000,
  /** Exports: how long whoever reads one may take nothing of it; a statement that is silent is known sooner. */
  exportStall: 60_000,
  /** Exports: one as a whole; its snapshot keeps Postgres from tidying up, and from being migrated. */
  export: 10 * 60_000,

  /** Temporal: one request of ours. */
  request: 10_000,
  /** Temporal: a request that waits for news of a run; the server answers it within a minute. */
  longPoll: 70_000,
  /** Temporal: pausing the schedule of a partner whose runs keep failing, before the last of them ends. */
  pauseSchedule: 5_000,

  /** Opening and closing a run: a connection, and a statement that a silent Postgres keeps waiting. */
  storeStep: 45_000,
  /** A save as a whole: several long statements. */
  save: 60 * 60_000,
  /** Added to the partner's deadline: starting the activity, checking the answer, reporting it. */
  callOverhead: 10_000,
  /** After this silence a worker counts as lost. */
  heartbeat: 10_000,
  /** How often a call reports: a cancelled run lets go of its request within a second. */
  callHeartbeat: 500,
  /** How often a save reports; a run that is cancelled in it waits for its end. */
  saveHeartbeat: 2_000,
  /** How often a worker reports to Temporal's list of workers that it is there. */
  workerHeartbeat: 10_000,
  /** A worker that was last seen longer ago counts as gone: longer than a request for work waits, a minute. */
  workerSeen: 90_000,
  /** What activities report is sent at most this often. */
  heartbeatThrottle: 500,

  /** Added to the longest call when a worker is told to stop: the call's end is still reported to Temporal. */
  graceAfterCall: 5_000,
  /** After the grace, for what was cut off to tell Temporal; what is still there then is left to its fate. */
  forceAfterGrace: 10_000,
  /** Then connections to Postgres that are still busy are dropped. */
  close: 3_000,
  /** Then the process ends. */
  leave: 2_000,
} as const;

/** How long the activity of one call to a partner may take. */
export function callTimeout(deadline: number): number {
  return deadline + TIMEOUTS.callOverhead;
}

/** From the signal to stop on: when a worker cuts off what it works on, when it gives up, and when it is gone. */
export function stopTimes(longestDeadline: number) {
  const grace = callTimeout(longestDeadline) + TIMEOUTS.graceAfterCall;
  const force = grace + TIMEOUTS.forceAfterGrace;
  return { grace, force, gone: force + TIMEOUTS.close + TIMEOUTS.leave };
}
