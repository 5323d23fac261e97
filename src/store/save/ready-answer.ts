import type { CheckedAnswer } from '../../contract/answer';
import type { PlacedRejection } from '../../partner/answer/rejected-person';

/** An answer whose usable records are staged, each identity once. */
export interface ReadyAnswer
  extends Pick<
    CheckedAnswer,
    'received' | 'duplicates' | 'unknownFields' | 'vanishedFields' | 'sentFields' | 'remarks'
  > {
  /** The records if they are few, for {@link stagedProviders}; null if they are in the table `staged_providers`. */
  readonly few: string | null;
  /** The number of staged records. */
  readonly distinct: number;
  readonly rejected: number;
  /** The rejected records that the run does not have yet. */
  readonly rejectedRecords: readonly PlacedRejection[];
  /** Why the answer must not be stored, or null. */
  readonly unusable: string | null;
}
