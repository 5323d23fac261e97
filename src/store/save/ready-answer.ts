import type { CheckedAnswer } from '../../contract/answer';
import type { PlacedRejection } from '../../partner/answer/rejected-person';

/** An answer whose usable records are in `staged_providers`, each identity once. */
export interface ReadyAnswer
  extends Pick<
    CheckedAnswer,
    'received' | 'duplicates' | 'unknownFields' | 'vanishedFields' | 'sentFields' | 'remarks'
  > {
  /** The number of records in `staged_providers`. */
  readonly distinct: number;
  readonly rejected: number;
  /** The rejected records that the run does not have yet. */
  readonly rejectedRecords: readonly PlacedRejection[];
  /** Why the answer must not be stored, or null. */
  readonly unusable: string | null;
}
