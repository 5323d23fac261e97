import type { Context } from '@temporalio/activity';
import type { CallPlace, PartnerCall } from '../src/contract/call';
import { PartnerFailure } from '../src/partner/call/partner-failure';
import type { CallProgress } from '../src/partner/call/request';
import { endOf } from './step-failure';
import { nameError } from './temporal-failure';

/** Creates the ledger entry of the call with its outcome. */
type Entry = (outcome: PartnerCall['outcome'], detail: string | null) => PartnerCall;

/** Why a call without an end ended. */
export const INTERRUPTED = 'the worker was lost before the call ended';

/** Begins the ledger entry of a call that starts now. */
export function startEntry(
  { info }: Context,
  place: CallPlace,
  attempt: number,
  progress: CallProgress,
): Entry {
  const scheduledAt = new Date(info.currentAttemptScheduledTimestampMs).toISOString();
  const startedAt = new Date().toISOString();
  const started = performance.now();
  return (outcome, detail) => ({
    ...place,
    attempt,
    scheduledAt,
    startedAt,
    tookMs: outcome === 'Interrupted' ? null : Math.round(performance.now() - started),
    ...progress,
    outcome,
    detail,
  });
}

/**
 * The ledger entry of a call that failed.
 *
 * @param answered the entry of a call that got its answer, which then could not be kept
 */
export function failedEntry(
  answered: PartnerCall | null,
  entry: Entry,
  error: unknown,
  activity: Context,
): PartnerCall {
  const isPartners = error instanceof PartnerFailure;
  if (answered) return isPartners ? { ...answered, outcome: error.type, detail: error.message } : answered;
  const ended = endOf(activity);
  if (ended === 'Cancelled') return entry(ended, 'the run was cancelled');
  if (ended !== null) return entry('Interrupted', ended);
  if (isPartners) return entry(error.type, error.message);
  const { type } = nameError(error);
  return entry(type, type === 'InternalError' ? null : 'the page could not be stored');
}
