/**
 * Timeouts in milliseconds. A step has more time than the steps that it waits for, so that the innermost timeout ends
 * the wait and names the cause. The unit test of this file checks the order.
 */
export const TIMEOUTS = {
  /** Postgres: getting a connection. Long enough for the first answer after a failover, short for a person. */
  connect: 5_000,
  /** Postgres: waiting for a lock. Shorter than a statement, so that the error names the lock. */
  lock: 10_000,
  /** Postgres: one statement, unless the statement sets its own timeout. */
  statement: 30_000,
  /** Postgres: one statement of a save. A slow server takes minutes for a million records. */
  saveStatement: 10 * 60_000,
  /** Postgres: added to a statement's timeout. After this silence the server counts as lost. */
  silenceAfterStatement: 5_000,
  /** Postgres: an idle connection is closed after this time, before its silence ends it. */
  idle: 30_000,
  /** Postgres: an idle transaction. The process that opened it may hang, and must not hold its locks for ever. */
  idleInTransaction: 60_000,
  /** Postgres: how often the server checks during a statement whether the client is still connected. */
  clientGone: 2_000,
  /** Postgres: idle time before the first TCP keep-alive. */
  keepAlive: 10_000,
  /** Exports: an export is closed if its reader takes nothing for this long. */
  exportStall: 60_000,
  /** Exports: a whole export. Its snapshot blocks vacuum and migrations. */
  export: 10 * 60_000,
  /** The API: open requests have this long to finish after the process was asked to stop. */
  openRequests: 5_000,

  /** Temporal: one request. */
  request: 10_000,
  /** Temporal: a long poll for the events of a run. The server answers within a minute. */
  longPoll: 70_000,
  /** Temporal: pausing or slowing the schedule of a partner whose runs keep failing. The run waits for it. */
  pauseSchedule: 5_000,

  /** Opening or closing a run: getting a connection, and a statement to a silent Postgres. */
  storeStep: 45_000,
  /** A whole save: several long statements. */
  save: 60 * 60_000,
  /** Old history is removed for this long. Then a sync may take the place on the worker. */
  pruneTurn: 10_000,
  /** The whole activity: the last step may wait for a lock, or count all old rows. */
  prune: 2 * 60_000,
  /** Webhooks: one message, from connecting to the status of the answer. */
  webhook: 15_000,
  /** Messages are sent for this long. Then a sync may take the place on the worker. */
  webhookTurn: 15_000,
  /** The whole activity: the last message may take its time, and Postgres too. */
  webhookActivity: 3 * 60_000,
  /** A page that is staged: it waits for Postgres before the call. Heartbeats find a worker that was lost meanwhile. */
  stagedPage: 7 * 24 * 60 * 60_000,
  /** Added to the partner's deadline: starting the activity, checking the answer, reporting the result. */
  callOverhead: 10_000,
  /** After this silence a worker counts as lost. */
  heartbeat: 10_000,
  /** How often a call sends a heartbeat. A cancelled run aborts its request within a second. */
  callHeartbeat: 500,
  /** How often a save sends a heartbeat. A cancelled run waits for the end of its save. */
  saveHeartbeat: 2_000,
  /** How often a worker sends its own heartbeat to Temporal's list of workers. */
  workerHeartbeat: 10_000,
  /** A worker that was last seen longer ago counts as gone. A request for work waits for a minute. */
  workerSeen: 90_000,
  /** The SDK sends the heartbeats of activities at most this often. */
  heartbeatThrottle: 500,

  /** Added to the longest call when a worker stops, so that it still reports the end of the call to Temporal. */
  graceAfterCall: 5_000,
  /** After the grace, aborted work has this long to report to Temporal. Then it is abandoned. */
  forceAfterGrace: 10_000,
  /** Then busy connections to Postgres are dropped. */
  close: 3_000,
  /** Traces: sending the last spans, before a process or a command ends. */
  flushTraces: 1_000,
  /** Then the process ends. */
  leave: 2_000,
} as const;

/** How long the activity of one call to a partner may take. */
export function callTimeout(deadline: number): number {
  return deadline + TIMEOUTS.callOverhead;
}

/** Times since the signal to stop: when a worker aborts its work, when it abandons it, and when its process ends. */
export function stopTimes(longestDeadline: number) {
  const grace = callTimeout(longestDeadline) + TIMEOUTS.graceAfterCall;
  const force = grace + TIMEOUTS.forceAfterGrace;
  return { grace, force, gone: force + TIMEOUTS.close + TIMEOUTS.leave };
}
