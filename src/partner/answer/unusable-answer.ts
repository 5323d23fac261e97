import { type CheckedAnswer, REJECTIONS, type RejectedRecord, type Rejection } from '../../contract/answer';
import type { Partner } from '../config/partner';
import { exceedsShare, shareInWords } from '../config/values';

/** A reason lists at most this many groups of rejected records; the others are counted. */
const MAX_GROUPS = 5;

/** Rejected records with one reason. */
export interface RejectedGroup {
  /** The partner's name of the faulty field; null if the whole record is faulty. */
  readonly field: string | null;
  readonly reason: Rejection;
  readonly count: number;
}

/** An answer in numbers. */
export interface AnswerCounts {
  readonly received: number;
  readonly duplicates: number;
  readonly rejected: readonly RejectedGroup[];
}

type Limits = Pick<Partner['providers'], 'minimumCount' | 'maximumRejected'>;

/** How many records of the partner's answer must be usable. It may be that nothing has changed. */
export function usableLimits({
  providers,
  feed,
}: Pick<Partner, 'feed'> & { readonly providers: Limits }): Limits {
  return feed === 'changes' ? { ...providers, minimumCount: 0 } : providers;
}

/** The same as {@link explainUnusableCounts} for an answer with its records. */
export function explainUnusable(
  { received, duplicates, rejected }: Pick<CheckedAnswer, 'received' | 'duplicates' | 'rejected'>,
  limits: Limits,
): string | null {
  return explainUnusableCounts({ received, duplicates, rejected: groupByReason(rejected) }, limits);
}

/**
 * The reason why a complete answer must not be stored, without any value of it; null if it can be stored.
 *
 * Copies of one record count once. Rejected records count towards `minimumCount`: `maximumRejected` says how
 * many of them are acceptable, so that one bad record among ten does not cost the other nine. An answer without any
 * record can be stored only if `minimumCount` is 0.
 */
export function explainUnusableCounts(
  { received, duplicates, rejected: groups }: AnswerCounts,
  { minimumCount, maximumRejected }: Limits,
): string | null {
  if (received === 0 && minimumCount === 0) return null;
  const rejected = groups.reduce((sum, { count }) => sum + count, 0);
  const usable = received - duplicates - rejected;
  if (usable === 0 || exceedsShare(rejected, received, maximumRejected)) {
    const limit = rejected < received ? ` At most ${shareInWords(maximumRejected)} may be rejected.` : '';
    return `${rejected} of ${plural(received, 'record')} cannot be used: ${listReasons(groups)}.${limit}`;
  }
  const distinct = received - duplicates;
  if (distinct >= minimumCount) return null;
  return `${plural(received, 'record')} received, only ${distinct} of them different: ${plural(duplicates, 'copy', 'copies')} left out. At least ${minimumCount} different records are expected.`;
}

/** Rejected records by reason, in the order of their first records. */
export function groupByReason(
  rejected: readonly Pick<RejectedRecord, 'field' | 'reason'>[],
): RejectedGroup[] {
  return addToGroups(
    [],
    rejected.map((record) => ({ ...record, count: 1 })),
  );
}

/** The groups with more records. */
export function addToGroups(
  groups: readonly RejectedGroup[],
  more: readonly RejectedGroup[],
): RejectedGroup[] {
  const byReason = new Map<string, RejectedGroup>();
  for (const { field, reason, count } of [...groups, ...more]) {
    const key = JSON.stringify([field, reason]);
    byReason.set(key, { field, reason, count: (byReason.get(key)?.count ?? 0) + count });
  }
  return [...byReason.values()];
}

/** The reasons with their counts, the most frequent first, for example `name_family is missing (10)`. */
function listReasons(rejected: readonly RejectedGroup[]): string {
  const groups = [...rejected].sort((a, b) => b.count - a.count);
  const others = groups.slice(MAX_GROUPS).reduce((sum, { count }) => sum + count, 0);
  return [
    ...groups
      .slice(0, MAX_GROUPS)
      .map(({ field, reason, count }) => `${field ?? 'the record'} ${REJECTIONS[reason]} (${count})`),
    ...(others > 0 ? [`other reasons (${others})`] : []),
  ].join(', ');
}

function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}
