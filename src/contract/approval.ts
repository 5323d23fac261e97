/** The value of `SyncOutcome` for a run that waits for the approval of its snapshot. */
export const AWAITING_APPROVAL = 'awaiting-approval';

/** The memo field in which a run keeps its {@link ApprovalMemo}, once it waited for an approval. */
export const APPROVAL_MEMO = 'awaitingApproval';

/** The Temporal Update that makes each decision. */
export const DECISION_UPDATES = { approved: 'approve', rejected: 'reject' } as const;
export type OperatorVerdict = keyof typeof DECISION_UPDATES;

/** The outcome of a wait for an approval. `expired`: no decision was made before the deadline. */
export const VERDICTS = ['approved', 'rejected', 'expired'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The failure types with which a run refuses a decision. */
export const REFUSALS = {
  /** The run does not wait for a decision. */
  notWaiting: 'NotAwaitingApproval',
  /** The opposite was decided before. */
  decidedOtherwise: 'DecidedOtherwise',
  /** The argument is not a {@link DecisionInput}. */
  invalidInput: 'InvalidInput',
} as const;

/** The argument of an Update; it may be left out. */
export interface DecisionInput {
  /** The person who decides. */
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
}

/** The longest text of each field of a {@link DecisionInput}. */
export const DECISION_LENGTHS = { by: 200, reason: 1_000 } as const;

/** An operator's decision, or its absence at the deadline. */
export interface Decision {
  readonly verdict: Verdict;
  /** Null if it is not known. */
  readonly by: string | null;
  readonly reason: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** A snapshot that needs an approval. Times in ISO 8601, UTC. */
export interface ApprovalRequest {
  /** The number of people that the snapshot would mark as left. */
  readonly departing: number;
  /** The number of people of the partner who are listed in the directory. */
  readonly listed: number;
  readonly requestedAt: string;
  /** Without a decision before this time, the snapshot is rejected. */
  readonly deadline: string;
}

/** The approval of a run, in Temporal's memo. */
export interface ApprovalMemo extends ApprovalRequest {
  /** Null while the run waits. */
  readonly decision: Decision | null;
}

/** What `persistProviders` returns for a snapshot that waits for an approval. None of it is in the directory. */
export interface HeldSnapshot extends ApprovalRequest {
  readonly status: typeof AWAITING_APPROVAL;
}

/** For example `199 of 200 people would be marked as left`. */
export function explainDeparting({ departing, listed }: Pick<ApprovalRequest, 'departing' | 'listed'>) {
  return `${toText(departing)} of ${toText(listed)} people would be marked as left`;
}

/** For example `Rejected by zoe: the list was cut.` */
export function explainDecision({ verdict, by, reason }: Decision): string {
  if (verdict === 'expired') return 'It was not approved before the deadline.';
  const who = by === null ? '' : ` by ${by}`;
  const why = reason === null ? '' : `: ${reason}`;
  return `${verdict === 'approved' ? 'Approved' : 'Rejected'}${who}${why}${/[.!?]$/.test(why) ? '' : '.'}`;
}

/** A count with separators, the same on every machine. */
function toText(count: number): string {
  return count.toLocaleString('en');
}
