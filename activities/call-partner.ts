import { ApplicationFailure, Context } from '@temporalio/activity';
import type { CallContext, StepReport } from '../src/contract/activities';
import { type CallPlace, callPlace, type Endpoint, lostCall, type PartnerCall } from '../src/contract/call';
import { isFailureType } from '../src/contract/failures';
import { NamedFailure } from '../src/contract/named-failure';
import { MAX_CALLS_PER_ENDPOINT } from '../src/contract/names';
import { isStepReport } from '../src/contract/results';
import { TIMEOUTS } from '../src/contract/timeouts';
import { PartnerFailure } from '../src/partner/call/partner-failure';
import type { CallProgress } from '../src/partner/call/request';
import type { Partner } from '../src/partner/config/partner';
import type { TemporalPort } from '../src/temporal/temporal-port';
import { failedEntry, INTERRUPTED, startEntry } from './call-entry';
import { type Dependencies, type FindPartner, findUnchanged } from './dependencies';
import { retryDelay } from './retry-delay';
import { stepFailure } from './step-failure';
import { temporalFailure } from './temporal-failure';

/** Less than the heartbeat timeout, after which Temporal gives an attempt up. */
const LATE_AFTER_MS = TIMEOUTS.heartbeat / 2;

export interface CallDependencies extends Pick<Dependencies, 'log' | 'recordCall' | 'metrics'> {
  readonly temporal: Pick<TemporalPort, 'isAwaited'>;
}

/**
 * Finds the partner of a call. If this worker does not know it, or reads it in another way, the failure reports the calls
 * of earlier attempts.
 *
 * @param mappingHash of the pages before
 */
export function findForCall(
  findPartner: FindPartner,
  endpoint: Endpoint,
  input: CallContext,
  mappingHash?: string,
) {
  try {
    return findUnchanged(findPartner, input.partner, mappingHash);
  } catch (error) {
    const calls = earlierCalls(Context.current(), callPlace(endpoint, input.page), input);
    throw temporalFailure(error, { report: { runId: input.runId, calls } });
  }
}

/**
 * Makes one call.
 *
 * @param answered reports that the partner has answered, before the answer is kept; returns the calls of the activity so
 *   far. A PartnerFailure after that means that the answer was not good after all.
 */
type Call<T> = (
  progress: CallProgress,
  signal: AbortSignal,
  answered: () => readonly PartnerCall[],
) => Promise<T>;

/**
 * Makes one call to the partner in one attempt of an activity. It numbers the call within its page, adds it to the
 * ledger that each attempt passes to the next, and turns errors into Temporal's failures.
 *
 * @param prepare waits until the call can be made. The attempt counts as a call if the worker is lost meanwhile.
 * @returns the value of the call, and all calls that this activity has made so far
 * @throws ApplicationFailure, CancelledFailure
 */
export async function callPartner<T>(
  dependencies: CallDependencies,
  endpoint: Endpoint,
  input: CallContext,
  partner: Partner,
  call: Call<T>,
  prepare?: (signal: AbortSignal) => Promise<void>,
): Promise<{ value: T; report: StepReport }> {
  const activity = Context.current();
  const { runId } = input;
  refuseAfterReset(activity, input);
  const place = callPlace(endpoint, input.page);
  const earlier = earlierCalls(activity, place, input);
  const attempt = input.callsBefore + earlier.length + 1;
  if (attempt > MAX_CALLS_PER_ENDPOINT) throw noCallsLeft({ runId, calls: earlier });
  const log = dependencies.log.child({ partner: partner.name, run: runId, ...place, attempt });
  if (prepare) await waitAlive(activity, { runId, calls: earlier }, prepare);
  await refuseIfExpired({ ...dependencies, log }, activity, { runId, calls: earlier });

  const progress: CallProgress = { httpStatus: null, bytes: null };
  const entry = startEntry(activity, place, attempt, progress);
  let ended: PartnerCall | null = null;
  const report = (): StepReport => ({
    runId,
    calls: [...earlier, ended ?? entry('Interrupted', INTERRUPTED)],
  });
  const answered = () => {
    ended ??= entry('ok', null);
    return report().calls;
  };
  const beat = heartbeat(activity, report);
  try {
    log.debug('Calling the partner');
    const value = await call(progress, activity.cancellationSignal, answered);
    answered();
    return { value, report: report() };
  } catch (error) {
    ended = failedEntry(ended, entry, error, activity);
    activity.heartbeat(report());
    throw toTemporalFailure(error, report(), partner, activity);
  } finally {
    clearInterval(beat);
    recordEnd({ ...dependencies, log }, partner.name, runId, report());
  }
}

/** Adds the call that has just ended to the ledger, to the metrics and to the log. */
function recordEnd(
  { log, recordCall, metrics }: CallDependencies,
  partner: string,
  runId: string,
  { calls }: StepReport,
): void {
  const ended = calls.at(-1);
  if (!ended) return;
  recordCall(runId, ended);
  metrics.callEnded(partner, ended);
  const { outcome, detail, tookMs, bytes, httpStatus: status } = ended;
  if (outcome === 'ok') log.info({ tookMs, bytes }, 'The partner answered');
  else log.warn({ outcome, detail, tookMs, status }, 'Partner call failed');
}

/** Waits with heartbeats, so that a lost worker is noticed. */
async function waitAlive(
  activity: Context,
  report: StepReport,
  wait: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const beat = heartbeat(activity, () => report);
  try {
    await wait(activity.cancellationSignal);
  } catch (error) {
    throw stepFailure(activity, report, error);
  } finally {
    clearInterval(beat);
  }
}

/** A reset ends the Temporal run that claimed the partner. @throws ApplicationFailure `RunReset` */
export function refuseAfterReset(
  { info }: Context,
  { runId, temporalRunId }: Pick<CallContext, 'runId' | 'temporalRunId'>,
): void {
  if (info.workflowExecution?.runId === temporalRunId) return;
  const message = `the partner was claimed by the Temporal run ${temporalRunId}, which a reset has replaced`;
  throw temporalFailure(new NamedFailure('RunReset', message), { report: { runId, calls: [] } });
}

/** @throws ApplicationFailure `WorkerLost` if Temporal no longer waits for this attempt */
async function refuseIfExpired(
  { log, temporal }: CallDependencies,
  activity: Context,
  report: StepReport,
): Promise<void> {
  if (!isLate(activity) || (await temporal.isAwaited(activity.info, report))) return;
  log.warn('Temporal gave this attempt up before the worker began it: no call is made');
  const expired = new NamedFailure('WorkerLost', 'Temporal had given this attempt up before it began');
  throw temporalFailure(expired, { report });
}

/**
 * Whether this attempt began so late that Temporal may have given it up: a frozen worker finds such attempts when
 * it continues. Clocks may be wrong; therefore Temporal is asked before the attempt is refused.
 */
function isLate({ info }: Context): boolean {
  return Date.now() - info.currentAttemptScheduledTimestampMs > LATE_AFTER_MS;
}

function toTemporalFailure(error: unknown, report: StepReport, partner: Partner, activity: Context): Error {
  const retryAfterMs = error instanceof PartnerFailure ? error.retryAfterMs : undefined;
  return stepFailure(activity, report, error, {
    nextRetryDelay: retryDelay(partner.retryDelay, report.calls.at(-1)?.attempt ?? 1, retryAfterMs),
  });
}

/**
 * The calls of earlier attempts. An attempt whose worker was killed before its first heartbeat counts as an
 * interrupted call.
 *
 * @throws ApplicationFailure `InvalidResult` if the last heartbeat does not belong to this run
 */
function earlierCalls(
  { info }: Context,
  place: CallPlace,
  { runId, callsBefore }: CallContext,
): readonly PartnerCall[] {
  const lost = (from: number) =>
    Array.from({ length: Math.max(0, info.attempt - from) }, (_, index) =>
      lostCall(place, callsBefore + from + index, new Date(info.currentAttemptScheduledTimestampMs)),
    );
  if (info.heartbeatDetails === undefined) return lost(1);
  const left: unknown = info.heartbeatDetails;
  if (!isStepReport(left) || (left.runId !== undefined && left.runId !== runId)) {
    const message = 'The heartbeat of an earlier attempt does not belong to this run.';
    throw temporalFailure(new NamedFailure('InvalidResult', message), { report: { runId, calls: lost(1) } });
  }
  // A heartbeat without the run's id is from a worker of version 0.1.0, or copied from one: it is not counted.
  const known = left.runId === undefined ? [] : left.calls;
  return [...known, ...lost(known.length + 1)];
}

/**
 * An operator can reset the attempts of an activity in Temporal. The heartbeats stay, so that the limit of calls
 * still holds.
 */
function noCallsLeft(report: StepReport): ApplicationFailure {
  const last = report.calls.at(-1)?.outcome;
  const failure = isFailureType(last) ? last : 'WorkerLost';
  return ApplicationFailure.create({
    type: failure,
    message: `all ${MAX_CALLS_PER_ENDPOINT} calls have been made`,
    nonRetryable: true,
    details: [{ ...report, failure } satisfies StepReport],
  });
}

/**
 * Leaves the report for the next attempt, in case that this worker is killed. A call that ends before the first heartbeat
 * sends none: each heartbeat costs the server a write, and the number of the next attempt already counts a lost call.
 */
function heartbeat(activity: Context, report: () => StepReport): NodeJS.Timeout {
  return setInterval(() => activity.heartbeat(report()), TIMEOUTS.callHeartbeat);
}
