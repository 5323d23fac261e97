import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { CallContext, StepReport } from '../src/contract/activities';
import type { Endpoint, PartnerCall } from '../src/contract/call';
import { lostCall } from '../src/contract/call';
import { isFailureType } from '../src/contract/failures';
import { MAX_CALLS_PER_ENDPOINT } from '../src/contract/names';
import { isStepReport } from '../src/contract/results';
import { TIMEOUTS } from '../src/contract/timeouts';
import { PartnerFailure } from '../src/partner/call/partner-failure';
import type { CallProgress } from '../src/partner/call/request';
import type { Partner } from '../src/partner/config/partner';
import type { Logger } from '../src/process/logger';
import type { ActivityDependencies, FindPartner } from './dependencies';
import { retryDelay } from './retry-delay';
import {
  AttemptExpiredError,
  InvalidStepError,
  RunResetError,
  temporalFailure,
  WorkerStoppingError,
} from './temporal-failure';

/** Less than the heartbeat timeout, after which Temporal gives an attempt up. */
const LATE_AFTER_MS = TIMEOUTS.heartbeat / 2;

/** What learns of each call, and what is asked before one. */
export interface CallObservers extends Pick<ActivityDependencies, 'isAwaited'> {
  readonly log: Logger;
  /** Takes a call that has ended; nothing waits for it. */
  readonly record: (runId: string, call: PartnerCall) => void;
}

/** Finds the partner of a call. Where this worker does not know it, the failure reports the calls of earlier attempts. */
export function findForCall(findPartner: FindPartner, endpoint: Endpoint, input: CallContext) {
  try {
    return findPartner(input.partner);
  } catch (error) {
    const calls = earlierCalls(Context.current(), endpoint, input);
    throw temporalFailure(error, { report: { runId: input.runId, calls } });
  }
}

/**
 * Makes one call to the partner as one attempt of an activity: numbers it within the run, keeps it in the
 * ledger that passes from attempt to attempt, and turns what goes wrong into Temporal's failures.
 *
 * @returns what the call gave, and all calls that this activity made so far
 * @throws ApplicationFailure, CancelledFailure
 */
export async function callPartner<T>(
  { log, record, isAwaited }: CallObservers,
  endpoint: Endpoint,
  input: CallContext,
  partner: Partner,
  call: (progress: CallProgress, signal: AbortSignal) => Promise<T>,
): Promise<{ value: T; report: StepReport }> {
  const activity = Context.current();
  const { runId } = input;
  if (activity.info.workflowExecution?.runId !== input.temporalRunId) {
    throw temporalFailure(new RunResetError(input.temporalRunId), { report: { runId, calls: [] } });
  }
  const earlier = earlierCalls(activity, endpoint, input);
  const attempt = input.callsBefore + earlier.length + 1;
  if (attempt > MAX_CALLS_PER_ENDPOINT) throw noCallsLeft({ runId, calls: earlier });
  const lines = log.child({ partner: partner.name, run: runId, endpoint, attempt });
  if (isLate(activity) && !(await isAwaited(activity.info, { runId, calls: earlier }))) {
    lines.warn('Temporal gave this attempt up while the worker was held up: no call is made');
    throw temporalFailure(new AttemptExpiredError(), { report: { runId, calls: earlier } });
  }

  const startedAt = new Date();
  const started = performance.now();
  const progress: CallProgress = { httpStatus: null, bytes: null };
  const entry = (outcome: PartnerCall['outcome'], detail: string | null): PartnerCall => ({
    endpoint,
    attempt,
    startedAt: startedAt.toISOString(),
    tookMs: outcome === 'Interrupted' ? null : Math.round(performance.now() - started),
    ...progress,
    outcome,
    detail,
  });
  // Should this worker be killed, the server still knows of the call.
  const beat = heartbeat(activity, { runId, calls: [...earlier, entry('Interrupted', INTERRUPTED)] });
  try {
    lines.debug('Calling the partner');
    const value = await call(progress, activity.cancellationSignal);
    const ended = entry('ok', null);
    record(runId, ended);
    lines.info({ tookMs: ended.tookMs, bytes: ended.bytes }, 'The partner answered');
    return { value, report: { runId, calls: [...earlier, ended] } };
  } catch (error) {
    const ended = failedEntry(entry, error, activity);
    const report: StepReport = { runId, calls: [...earlier, ended] };
    activity.heartbeat(report);
    record(runId, ended);
    lines.warn(
      { outcome: ended.outcome, detail: ended.detail, tookMs: ended.tookMs, status: ended.httpStatus },
      'The partner gave no good answer',
    );
    if (ended.outcome === 'Cancelled') throw new CancelledFailure('The run was cancelled', [report]);
    throw temporalFailure(ended.outcome === 'Interrupted' ? new WorkerStoppingError() : error, {
      report,
      nextRetryDelay: retryDelay(
        partner.retryDelay,
        attempt,
        error instanceof PartnerFailure ? error.retryAfterMs : undefined,
      ),
    });
  } finally {
    clearInterval(beat);
  }
}

/**
 * Whether so long has passed since the attempt was handed out that Temporal may have given it up: a worker that
 * was frozen finds such attempts when it thaws. Clocks may be wrong, therefore Temporal has the last word.
 */
function isLate({ info }: Context): boolean {
  return Date.now() - info.currentAttemptScheduledTimestampMs > LATE_AFTER_MS;
}

const INTERRUPTED = 'the worker was gone before the call had ended';

function failedEntry(
  entry: (outcome: PartnerCall['outcome'], detail: string | null) => PartnerCall,
  error: unknown,
  activity: Context,
): PartnerCall {
  if (activity.cancellationSignal.aborted) {
    const why = activity.cancellationDetails;
    if (why?.cancelRequested) return entry('Cancelled', 'the run was cancelled');
    if (why?.notFound) return entry('Interrupted', 'Temporal no longer ran the run');
    if (why?.timedOut) return entry('Interrupted', 'Temporal had given the attempt up');
    if (why?.paused || why?.reset) return entry('Interrupted', 'an operator paused or reset the activity');
    return entry('Interrupted', 'the worker was stopped');
  }
  return error instanceof PartnerFailure ? entry(error.type, error.message) : entry('InternalError', null);
}

/**
 * The calls of earlier attempts; one that was killed before its first heartbeat is entered as interrupted.
 *
 * @throws ApplicationFailure `InvalidResult` where the last heartbeat is not one of this run
 */
function earlierCalls(
  { info }: Context,
  endpoint: Endpoint,
  { runId, callsBefore }: CallContext,
): readonly PartnerCall[] {
  const lost = (from: number) =>
    Array.from({ length: Math.max(0, info.attempt - from) }, (_, index) =>
      lostCall(endpoint, callsBefore + from + index, new Date(info.currentAttemptScheduledTimestampMs)),
    );
  if (info.heartbeatDetails === undefined) return lost(1);
  const left: unknown = info.heartbeatDetails;
  if (!isStepReport(left) || (left.runId !== undefined && left.runId !== runId)) {
    throw temporalFailure(
      new InvalidStepError('The heartbeat of an earlier attempt is not one of this run.'),
      {
        report: { runId, calls: lost(1) },
      },
    );
  }
  // A heartbeat without the run's id was left by a worker of version 0.1.0, or copied from one: it is not counted.
  const known = left.runId === undefined ? [] : left.calls;
  return [...known, ...lost(known.length + 1)];
}

/** An operator can reset an activity's attempts in Temporal; while its heartbeats stay, the partner's rule holds. */
function noCallsLeft(report: StepReport): ApplicationFailure {
  const last = report.calls.at(-1)?.outcome;
  const failure = isFailureType(last) ? last : 'WorkerLost';
  return ApplicationFailure.create({
    type: failure,
    message: `all ${MAX_CALLS_PER_ENDPOINT} calls of this run have been made`,
    nonRetryable: true,
    details: [{ ...report, failure } satisfies StepReport],
  });
}

function heartbeat(activity: Context, report: StepReport): NodeJS.Timeout {
  activity.heartbeat(report);
  return setInterval(() => activity.heartbeat(report), TIMEOUTS.callHeartbeat);
}
