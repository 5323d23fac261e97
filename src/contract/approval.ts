/** The search attribute `SyncOutcome` of a run that waits for the approval of its snapshot. */
export const AWAITING_APPROVAL = 'awaiting-approval';

/** The memo field in which a run keeps its {@link ApprovalMemo}, once it waited for an approval. */
export const APPROVAL_MEMO = 'awaitingApproval';

/** The Temporal Update that makes each decision. */
export const DECISION_UPDATES = { approved: 'approve', rejected: 'reject' } as const;
export type OperatorVerdict = keyof typeof DECISION_UPDATES;

/** How the wait for an approval ended. `expired`: there was no decision before the deadline. */
export const VERDICTS = ['approved', 'rejected', 'expired'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The types of the failures with which a run refuses a decision. */
export const REFUSALS = {
  /** The run does not wait for one. */
  notWaiting: 'NotAwaitingApproval',
  /** The opposite was decided before. */
  decidedOtherwise: 'DecidedOtherwise',
  /** The argument is not a {@link DecisionInput}. */
  invalidInput: 'InvalidInput',
} as const;

/** The argument of an Update; it may be left out. */
export interface DecisionInput {
  /** Who decides. */
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
}

/** The longest text of each field of a {@link DecisionInput}. */
export const DECISION_LENGTHS = { by: 200, reason: 1_000 } as const;

/** How the wait for an approval ended. */
export interface Decision {
  readonly verdict: Verdict;
  /** Null where it is not known. */
  readonly by: string | null;
  readonly reason: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What an operator has to approve. Times in ISO 8601, UTC. */
export interface ApprovalRequest {
  /** People whom the snapshot would mark as left. */
  readonly departing: number;
  /** People of the partner who are in the directory and have not left. */
  readonly listed: number;
  readonly requestedAt: string;
  /** Without a decision until then, the snapshot is rejected. */
  readonly deadline: string;
}

/** What Temporal's memo says of a run's approval. */
export interface ApprovalMemo extends ApprovalRequest {
  /** Null while the run waits. */
  readonly decision: Decision | null;
}

/** What `persistProviders` returns for a snapshot that waits; nothing of it is in the directory. */
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
