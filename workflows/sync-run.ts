import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  type TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  ContinuedRun,
  FetchedAnswer,
  FetchProvidersResult,
  OpenedRun,
  StagedPages,
  WholeAnswer,
} from '../src/contract/activities';
import type { CheckedAnswer, RefusedAnswer } from '../src/contract/answer';
import type { PartnerCall } from '../src/contract/call';
import { explainCounts } from '../src/contract/explain';
import type { FailureType } from '../src/contract/failures';
import { isSaved, isSavedBefore } from '../src/contract/results';
import type { SyncCounts, SyncResult } from '../src/contract/run';
import type { Approval } from './approval';
import { continueRun } from './continued-run';
import { KeptAnswer } from './kept-answer';
import { PartnerCalls } from './partner-calls';
import { retryElsewhere } from './retry-elsewhere';
import { isForAnotherWorker, RunFailed, toRunFailure } from './run-failure';
import type { SearchableOutcome } from './searchable-outcome';
import { closeRun, persistAnywhere, persistProviders } from './steps';
import type { Story } from './story';
import { takeResult } from './take-result';

const UNUSABLE = 'UnusableAnswer' satisfies FailureType;

/** What operators see of a run in Temporal. */
interface Visible {
  readonly story: Story;
  readonly outcome: SearchableOutcome;
  readonly approval: Approval;
}

/** Where a run gets the pages of the answer: from the partner, or from an earlier run. */
interface PageSource {
  /** The calls that may not be in the ledger yet. */
  readonly unrecorded: readonly PartnerCall[];
  readonly latestToken: string | null;
  /** @param after the last page, or null for the first one */
  fetchPage(after: StagedPages | null): Promise<FetchProvidersResult>;
}

/** A run that holds its partner: its steps, its calls and its end. */
export class SyncRun {
  private readonly pages: PageSource;
  private readonly partner: string;
  private readonly story: Story;
  private readonly outcome: SearchableOutcome;
  private readonly approval: Approval;
  private whole: WholeAnswer | null = null;
  private staged: StagedPages | null;

  /** @param continued the run before this Temporal run; null for a new run */
  constructor(
    private readonly opened: OpenedRun,
    { story, outcome, approval }: Visible,
    continued: ContinuedRun | null,
  ) {
    this.staged = continued?.staged ?? null;
    this.pages =
      opened.replayOf === undefined
        ? new PartnerCalls(opened, story, (this.staged?.pages ?? 0) + 1, continued?.token ?? null)
        : new KeptAnswer(opened, opened.replayOf, story);
    this.partner = opened.partner.name;
    this.story = story;
    this.outcome = outcome;
    this.approval = approval;
    outcome.set('running');
  }

  /**
   * Gets the partner's answer: whole, or page after page, each stored in Postgres before the next call. A long run
   * continues as a new Temporal run between two pages.
   *
   * @throws ApplicationFailure `UnusableAnswer` for an answer that must not be stored
   */
  async fetch(): Promise<FetchedAnswer> {
    for (;;) {
      const fetched = await this.pages.fetchPage(this.staged);
      if (!('staged' in fetched)) return this.takeWhole(fetched);
      this.staged = fetched.staged;
      if (fetched.staged.next === null) return { staged: fetched.staged };
      if (workflowInfo().continueAsNewSuggested) {
        await continueRun({ run: this.opened, token: this.pages.latestToken, staged: fetched.staged });
      }
    }
  }

  /** Stores the answer. A snapshot that would mark too many people as left is stored only after its approval. */
  async persist(answer: FetchedAnswer): Promise<SyncCounts> {
    this.story.now('Storing', 'waits for Postgres while it is unavailable');
    const input = { runId: this.opened.id, partner: this.partner, ...answer, calls: this.pages.unrecorded };
    const saving = { ...input, approval: this.approval.decision };
    const result = await retryElsewhere(
      ({ isFirst }) => (isFirst ? persistProviders(saving) : persistAnywhere(saving)),
      (error) => isForAnotherWorker(error),
      () => this.story.waitingFor(this.partner),
    );
    const { runId: _, ...saved } = takeResult('persistProviders', result, isSaved, this.opened);
    if (!('status' in saved)) return saved;
    await this.approval.obtain(saved);
    return this.persist(answer);
  }

  succeed(counts: SyncCounts): SyncResult {
    this.story.end(`Succeeded. ${explainCounts(counts)}`);
    this.outcome.set('succeeded');
    return { status: 'succeeded', id: this.opened.id, partner: this.partner, ...counts };
  }

  /**
   * Records that the run failed or was cancelled.
   *
   * @returns the result, if the providers were stored before, by a worker that was lost before it reported this
   * @throws TemporalFailure with which the workflow ends
   */
  async close(error: TemporalFailure): Promise<SyncResult> {
    const isCancelled = isCancellation(error) || CancellationScope.current().consideredCancelled;
    const [status, cause] = isCancelled
      ? (['cancelled', new CancelledFailure('The run was cancelled')] as const)
      : (['failed', error] as const);
    const failure = toRunFailure(cause, this.partner, this.pages.unrecorded, this.opened);
    this.story.end(`${status === 'failed' ? 'Failed' : 'Cancelled'}: ${failure.message}`);
    const closing = {
      runId: this.opened.id,
      partner: this.partner,
      status,
      scheduledAt: new Date().toISOString(),
      failure,
      calls: this.pages.unrecorded,
      decision: this.approval.decision,
      ...(failure.type === UNUSABLE && this.whole && refusedPart(this.whole)),
    };
    const closed = await CancellationScope.nonCancellable(() => closeRun(closing));
    if (closed !== undefined) {
      return this.succeed(takeResult('closeRun', closed, isSavedBefore, this.opened).saved);
    }
    this.outcome.set(status);
    throw status === 'cancelled' ? cause : new RunFailed(failure);
  }

  private takeWhole(whole: WholeAnswer): FetchedAnswer {
    this.whole = whole;
    const { answer, unusable, copy } = whole;
    if (unusable) throw ApplicationFailure.nonRetryable(unusable, UNUSABLE);
    return { answer, ...(copy && { copy }) };
  }
}

function refusedPart({ answer, copy }: WholeAnswer) {
  return { refused: withoutProviders(answer), ...(copy && { copy }) };
}

function withoutProviders({ providers: _, ...refused }: CheckedAnswer): RefusedAnswer {
  return refused;
}
