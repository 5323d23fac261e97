import type { StagedPages } from './activities';
import type { Endpoint, PartnerCall } from './call';
import { FAILURES, type FailureType } from './failures';
import type { FetchProgress, SyncCounts } from './run';

/**
 * Why a run failed or was cancelled, for example: `The providers endpoint of noteworth failed 2 times: PartnerError
 * (HTTP 500), PartnerTimeout (no complete answer within 10 seconds).`
 */
export function explainFailure(
  partner: string,
  failure: { readonly type: FailureType; readonly detail: string },
  calls: readonly PartnerCall[],
): string {
  if (failure.type === 'Cancelled') return FAILURES.Cancelled.meaning;
  const endpoint = calls.at(-1)?.endpoint;
  const bad = calls.filter((call) => call.endpoint === endpoint && call.outcome !== 'ok');
  if (endpoint === undefined || bad.at(-1)?.outcome !== failure.type) {
    return `${FAILURES[failure.type].meaning} ${failure.detail}`.trim();
  }
  const answers = bad.map((call) => (call.detail ? `${call.outcome} (${call.detail})` : call.outcome));
  const times = bad.length === 1 ? 'once' : `${bad.length} times`;
  return `The ${endpoint} endpoint of ${partner} failed ${times}${listOutcomes(answers)}.`;
}

function listOutcomes(answers: readonly string[]): string {
  return new Set(answers).size === 1 ? ` with ${answers[0]}` : `: ${answers.join(', ')}`;
}

/** The counts of a run, for example: `10 received: 4 new, 1 changed, 5 unchanged`. */
export function explainCounts(counts: SyncCounts): string {
  const optional = [
    counts.departed > 0 ? `${number(counts.departed)} left` : '',
    counts.duplicates > 0 ? plural(counts.duplicates, 'duplicate') : '',
    counts.rejected > 0 ? `${number(counts.rejected)} rejected` : '',
  ].filter(Boolean);
  return [
    `${number(counts.received)} received: ${number(counts.inserted)} new`,
    `${number(counts.updated)} changed`,
    `${number(counts.unchanged)} unchanged`,
    ...optional,
  ].join(', ');
}

/** The counts of an answer that was not stored, for example: `10 received, none stored: 8 rejected`. */
export function explainRefused({ received, rejected, duplicates }: SyncCounts): string {
  const parts = [
    rejected > 0 ? `${number(rejected)} rejected` : '',
    duplicates > 0 ? plural(duplicates, 'duplicate') : '',
  ].filter(Boolean);
  return `${number(received)} received, none stored: ${parts.join(', ')}`;
}

/** How far a list of several pages was fetched, for example: `page 12, 11,000 of 48,300 records`. */
export function explainProgress({ pages, records, total }: FetchProgress): string {
  const of = total === null ? '' : ` of ${total.toLocaleString('en')}`;
  return `page ${pages.toLocaleString('en')}, ${records.toLocaleString('en')}${of} records`;
}

/** The calls of a step and their outcomes, for example: `2 calls: PartnerError, ok`. */
export function explainCalls(calls: readonly PartnerCall[], endpoint: Endpoint): string {
  const outcomes = calls.filter((call) => call.endpoint === endpoint).map((call) => call.outcome);
  return `${plural(outcomes.length, 'call')}: ${outcomes.join(', ')}`;
}

/** How far a run with several pages is, for example: `Fetched 12 pages, 11,000 of 48,300 records`. */
export function explainPages({ pages, received, total }: Omit<StagedPages, 'next' | 'mappingHash'>): string {
  const records = received.toLocaleString('en');
  const share = total === null ? records : `${records} of ${total.toLocaleString('en')}`;
  return `Fetched ${plural(pages, 'page')}, ${share} records`;
}

/** How many calls were repeated, for example: `2 repeated calls`. */
export function explainRepeats(repeats: number): string {
  return plural(repeats, 'repeated call');
}

/** For example `1 call` or `4,010 copies`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${number(count)} ${count === 1 ? noun : nouns}`;
}

/** For example `4,010`. */
function number(count: number): string {
  return count.toLocaleString('en');
}
