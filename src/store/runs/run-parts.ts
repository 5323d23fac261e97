import { type CallCounts, endOfCall, leftOut, type ReadCalls, type RecordedCall } from './read-calls';
import type { RunRow } from './run-row';

/** What a run does in a part of its time, with a description for the API. */
export const RUN_PARTS = {
  queue: 'the start waits for a worker',
  claim: 'the run is recorded and claims its partner',
  call: 'one call to the partner',
  wait: 'the delay before a failed call is repeated',
  calls: 'all calls of a run with many, and what is between them',
  replay: 'the kept answer of an earlier run is read',
  store: 'the answer is compared with the directory and stored',
  approval: 'the snapshot waits for an operator',
  close: 'the end of a run that stored nothing is recorded',
  lost: 'no worker ran the run, until it was marked as abandoned',
  overhead: 'between two of the other parts: Temporal, and a worker that takes the next step',
} as const;
export type RunPartKind = keyof typeof RUN_PARTS;

/** A part of the time of a run. The parts of a run follow each other without a gap. */
export interface RunPart {
  readonly kind: RunPartKind;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Milliseconds. */
  readonly tookMs: number;
  /** How often the step was tried; null if the part is no step, or if it is not known. */
  readonly attempts: number | null;
  /** For `call`: the call. */
  readonly call: Pick<RecordedCall, 'endpoint' | 'page' | 'attempt' | 'outcome'> | null;
  /** For `calls`: the calls in numbers. */
  readonly calls: Pick<CallCounts, 'total' | 'tookMs'> | null;
}

type Details = Partial<Pick<RunPart, 'attempts' | 'call' | 'calls'>>;
type Timed = Pick<
  RunRow,
  | 'status'
  | 'replayOf'
  | 'requestedAt'
  | 'claimScheduledAt'
  | 'claimAttempts'
  | 'startedAt'
  | 'storingScheduledAt'
  | 'storingAttempts'
  | 'approvalRequestedAt'
  | 'approvalDecidedAt'
  | 'closingScheduledAt'
  | 'closingAttempts'
  | 'finishedAt'
>;

/**
 * Divides the time of a run, from its request to its end, into parts. Their durations add up to that time. The parts of a
 * running run end with the last moment that is recorded. A run of version 0.1.0 recorded fewer moments.
 */
export function partsOf(run: Timed, calls: ReadCalls): RunPart[] {
  const axis = new Axis(run);
  if (run.requestedAt) axis.add('queue', run.requestedAt, run.claimScheduledAt ?? run.startedAt);
  if (run.claimScheduledAt) {
    axis.add('claim', run.claimScheduledAt, run.startedAt, { attempts: run.claimAttempts });
  }
  const afterCalls = nextAfterCalls(run);
  if (leftOut(calls) > 0) addSummary(axis, calls, afterCalls);
  else addCalls(axis, calls.calls, afterCalls);
  const storing = run.storingScheduledAt ?? run.closingScheduledAt;
  if (run.replayOf && storing) axis.add('replay', null, storing);
  addApproval(axis, run);
  addStoring(axis, run);
  if (run.closingScheduledAt) {
    axis.add('close', run.closingScheduledAt, run.finishedAt, { attempts: run.closingAttempts });
  }
  return axis.finish(run.status === 'abandoned' ? 'lost' : 'overhead');
}

/** The first moment after the calls that is known; null while the run is calling. */
function nextAfterCalls(run: Timed): Date | null {
  const { storingScheduledAt, approvalRequestedAt, closingScheduledAt, finishedAt } = run;
  const known = [storingScheduledAt, approvalRequestedAt, closingScheduledAt, finishedAt];
  const times = known.filter((time) => time !== null).map((time) => time.getTime());
  return times.length > 0 ? new Date(Math.min(...times)) : null;
}

function addCalls(axis: Axis, calls: readonly RecordedCall[], after: Date | null): void {
  for (const [index, call] of calls.entries()) {
    const { endpoint, page, attempt, outcome } = call;
    const before = calls[index - 1];
    const isRepeated =
      before?.endpoint === endpoint &&
      before.page === page &&
      before.outcome !== 'ok' &&
      before.tookMs !== null;
    if (isRepeated) axis.add('wait', endOfCall(before), toDate(call.scheduledAt ?? call.startedAt));
    const next = calls[index + 1];
    // The end of a call whose worker was lost is not known: it lasted at most until what came next.
    const end = endOfCall(call) ?? (next ? toDate(next.scheduledAt ?? next.startedAt) : after);
    axis.add('call', toDate(call.startedAt), end, { call: { endpoint, page, attempt, outcome } });
  }
}

function addSummary(
  axis: Axis,
  { calls, callCounts: { total, tookMs } }: ReadCalls,
  after: Date | null,
): void {
  const [first, last] = [calls[0], calls.at(-1)];
  if (!first || !last) return;
  axis.add('calls', toDate(first.startedAt), endOfCall(last) ?? after ?? toDate(last.startedAt), {
    calls: { total, tookMs },
  });
}

/** The comparison that asked for the approval, and the wait for the decision. */
function addApproval(axis: Axis, run: Timed): void {
  const { approvalRequestedAt: requested, approvalDecidedAt, closingScheduledAt, finishedAt } = run;
  if (!requested) return;
  const isFirst = isBeforeApproval(run);
  axis.add('store', isFirst ? run.storingScheduledAt : null, requested, {
    attempts: isFirst ? run.storingAttempts : null,
  });
  axis.add('approval', requested, approvalDecidedAt ?? closingScheduledAt ?? finishedAt);
}

function addStoring(axis: Axis, run: Timed): void {
  const { status, storingScheduledAt: scheduled, closingScheduledAt, finishedAt } = run;
  if (scheduled ? isBeforeApproval(run) : status !== 'succeeded') return;
  const end = status === 'succeeded' ? finishedAt : (closingScheduledAt ?? finishedAt);
  if (end) axis.add('store', scheduled, end, { attempts: run.storingAttempts });
}

/** Whether the step that asked for the approval is the last one that stored. */
function isBeforeApproval({ storingScheduledAt: scheduled, approvalRequestedAt: requested }: Timed): boolean {
  return scheduled !== null && requested !== null && scheduled <= requested;
}

/** Collects the parts in order. The clocks of Temporal, Postgres and the workers may differ, so every moment is kept between those before and the end. */
class Axis {
  /** Null while the run is running. */
  private readonly end: Date | null;
  private readonly parts: RunPart[] = [];
  private at: number;

  constructor({ requestedAt, claimScheduledAt, startedAt, finishedAt }: Timed) {
    this.end = finishedAt;
    const known = [requestedAt, claimScheduledAt, startedAt].filter((time) => time !== null);
    this.at = Math.min(...known.map((time) => time.getTime()));
  }

  /**
   * @param from null for the end of the part before
   * @param to null if it is not known; then nothing is added
   */
  add(kind: RunPartKind, from: Date | null, to: Date | null, details: Details = {}): void {
    if (to === null) return;
    if (from !== null) this.pass('overhead', this.bounded(from));
    this.push(kind, this.bounded(to), details);
  }

  /** Names the rest of the time. */
  finish(rest: RunPartKind): RunPart[] {
    if (this.end !== null) this.pass(rest, this.bounded(this.end));
    return this.parts;
  }

  private pass(kind: RunPartKind, to: number): void {
    if (to > this.at) this.push(kind, to, {});
  }

  private push(kind: RunPartKind, to: number, details: Details): void {
    const startedAt = new Date(this.at).toISOString();
    this.parts.push({
      kind,
      startedAt,
      tookMs: to - this.at,
      attempts: null,
      call: null,
      calls: null,
      ...details,
    });
    this.at = to;
  }

  private bounded(time: Date): number {
    return Math.max(this.at, Math.min(time.getTime(), this.end?.getTime() ?? Number.POSITIVE_INFINITY));
  }
}

function toDate(time: string): Date {
  return new Date(time);
}
