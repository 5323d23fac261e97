import { ApplicationFailure, condition, defineUpdate, setHandler, upsertMemo } from '@temporalio/workflow';
import {
  APPROVAL_MEMO,
  type ApprovalMemo,
  type ApprovalRequest,
  AWAITING_APPROVAL,
  DECISION_LENGTHS,
  DECISION_UPDATES,
  type Decision,
  type DecisionInput,
  explainDecision,
  explainDeparting,
  type OperatorVerdict,
  REFUSALS,
  type Verdict,
} from '../src/contract/approval';
import type { FailureType } from '../src/contract/failures';
import { UnreadablePayload } from '../src/contract/unreadable-payload';
import type { SearchableOutcome } from './searchable-outcome';
import type { Story } from './story';

type Input = DecisionInput | null | undefined;
/** The updates return nothing: Temporal's CLI reports an error for a result that it cannot decrypt. */
const UPDATES = {
  approved: defineUpdate<void, [Input]>(DECISION_UPDATES.approved),
  rejected: defineUpdate<void, [Input]>(DECISION_UPDATES.rejected),
} as const;
const DESCRIPTIONS = {
  approved: 'Apply the waiting snapshot, and mark the people who are not in it as left',
  rejected: 'Reject the waiting snapshot. The run fails, and no one is marked as left',
} as const;

/** An operator's decision, by Temporal Update, on a snapshot that would mark too many people as left. */
export class Approval {
  /** Null before a decision, or if the run needs none. */
  decision: Decision | null = null;
  private request: ApprovalRequest | null = null;

  constructor(
    private readonly outcome: SearchableOutcome,
    private readonly story: Story,
  ) {
    for (const verdict of ['approved', 'rejected'] as const) {
      setHandler(UPDATES[verdict], (input) => void this.decide(verdict, input), {
        validator: (input) => this.check(verdict, input),
        description: DESCRIPTIONS[verdict],
      });
    }
  }

  /**
   * Waits for the decision until the deadline of the request.
   *
   * @throws ApplicationFailure `SnapshotRejected` if the snapshot was rejected, or not approved in time
   */
  async obtain(request: ApprovalRequest): Promise<void> {
    const question = `${explainDeparting(request)}. Approve or reject it until ${request.deadline}`;
    this.outcome.set(AWAITING_APPROVAL);
    this.request = request;
    this.writeMemo(null);
    this.story.now(`Waiting for approval: ${question}`);
    const left = Math.max(1, Date.parse(request.deadline) - Date.now());
    try {
      await condition(() => this.decision !== null, left);
    } catch (error) {
      // Cancelled: there is nothing left to decide.
      this.request = null;
      throw error;
    }
    const decision = this.decision ?? this.decide('expired');
    this.outcome.set('running');
    this.story.tell(`The snapshot waited for approval. ${explainDecision(decision)}`);
    if (decision.verdict === 'approved') return;
    throw ApplicationFailure.nonRetryable(
      explainDecision(decision),
      'SnapshotRejected' satisfies FailureType,
    );
  }

  /** The first decision counts. */
  private decide(verdict: Verdict, input: Input = null): Decision {
    if (this.decision !== null) return this.decision;
    const { by, reason } = input ?? {};
    const at = new Date().toISOString();
    this.decision = { verdict, by: by?.trim() || null, reason: reason?.trim() || null, at };
    this.writeMemo(this.decision);
    return this.decision;
  }

  private writeMemo(decision: Decision | null): void {
    if (this.request === null) return;
    upsertMemo({ [APPROVAL_MEMO]: { ...this.request, decision } satisfies ApprovalMemo });
  }

  /** @throws ApplicationFailure with the reason why the update is refused */
  private check(verdict: OperatorVerdict, input: Input): void {
    checkInput(input);
    if (this.request === null) {
      throw refusal(
        'notWaiting',
        'This run does not wait for an approval. Runs that do have SyncOutcome = "awaiting-approval".',
      );
    }
    if (this.decision !== null && this.decision.verdict !== verdict) {
      throw refusal(
        'decidedOtherwise',
        `This snapshot was decided before. ${explainDecision(this.decision)}`,
      );
    }
  }
}

function checkInput(input: unknown): void {
  if (input === undefined || input === null) return;
  if (input instanceof UnreadablePayload) {
    throw refusal('invalidInput', `The input could not be read: ${input.reason}.`);
  }
  const isObject = typeof input === 'object' && !Array.isArray(input);
  const unknown = isObject && Object.keys(input).find((key) => !Object.hasOwn(DECISION_LENGTHS, key));
  if (!isObject || unknown !== undefined) {
    throw refusal('invalidInput', 'Send no input, or an object with the optional texts "by" and "reason".');
  }
  for (const [field, longest] of Object.entries(DECISION_LENGTHS)) {
    const text: unknown = Reflect.get(input, field);
    if (text === undefined || text === null) continue;
    const isText =
      typeof text === 'string' && text.length <= longest && text.isWellFormed() && !text.includes('\0');
    if (!isText) throw refusal('invalidInput', `"${field}" must be a text of at most ${longest} characters.`);
  }
}

function refusal(kind: keyof typeof REFUSALS, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, REFUSALS[kind]);
}
