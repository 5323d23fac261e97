import { type CheckedAnswer, REJECTIONS, type RejectedRecord } from '../../contract/answer';
import type { Partner } from '../config/partner';
import { exceedsShare, shareInWords } from '../config/values';

/** A reason lists at most this many groups of rejected records; the others are counted. */
const MAX_GROUPS = 5;

/**
 * The reason why a complete answer must not be stored, without any value of it; null if it can be stored.
 *
 * Copies of one record count once. Rejected records count towards `minimumCount`: `maximumRejected` says how
 * many of them are acceptable, so that one bad record among ten does not cost the other nine.
 */
export function explainUnusable(
  answer: Pick<CheckedAnswer, 'received' | 'duplicates' | 'rejected'> & {
    readonly providers: { readonly length: number };
  },
  { minimumCount, maximumRejected }: Pick<Partner['providers'], 'minimumCount' | 'maximumRejected'>,
): string | null {
  const { received, duplicates, rejected, providers } = answer;
  if (providers.length === 0 || exceedsShare(rejected.length, received, maximumRejected)) {
    const limit =
      rejected.length < received ? ` At most ${shareInWords(maximumRejected)} may be rejected.` : '';
    return `${rejected.length} of ${plural(received, 'record')} cannot be used: ${listReasons(rejected)}.${limit}`;
  }
  const distinct = received - duplicates;
  if (distinct >= minimumCount) return null;
  return `${plural(received, 'record')} received, only ${distinct} of them different: ${plural(duplicates, 'copy', 'copies')} left out. At least ${minimumCount} different records are expected.`;
}

/** The reasons with their counts, the most frequent first, for example `name_family is missing (10)`. */
function listReasons(rejected: readonly RejectedRecord[]): string {
  const counts = new Map<string, number>();
  for (const { field, reason } of rejected) {
    const text = `${field ?? 'the record'} ${REJECTIONS[reason]}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const groups = [...counts].sort(([, a], [, b]) => b - a);
  const others = groups.slice(MAX_GROUPS).reduce((sum, [, count]) => sum + count, 0);
  return [
    ...groups.slice(0, MAX_GROUPS).map(([text, count]) => `${text} (${count})`),
    ...(others > 0 ? [`other reasons (${others})`] : []),
  ].join(', ');
}

function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}
