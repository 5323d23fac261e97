import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  type TemporalFailure,
} from '@temporalio/workflow';
import type { CallContext, FetchProvidersResult, OpenedRun } from '../src/contract/activities';
import type { CheckedAnswer, RefusedAnswer } from '../src/contract/answer';
import type { Endpoint, PartnerCall } from '../src/contract/call';
import { explainCalls, explainCounts } from '../src/contract/explain';
import type { FailureType } from '../src/contract/failures';
import {
  isAuthenticateResult,
  isFetchProvidersResult,
  isSaved,
  isSavedBefore,
} from '../src/contract/results';
import type { SyncCounts, SyncResult } from '../src/contract/run';
import type { Approval } from './approval';
import { CallBudget } from './call-budget';
import { retryWhileUnknown } from './retry-while-unknown';
import { hasFailed, isPartnerUnknown, RunFailed, toRunFailure } from './run-failure';
import type { SearchableOutcome } from './searchable-outcome';
import { type CallOptions, closeRun, partnerActivities, persistAnywhere, persistProviders } from './steps';
import type { Story } from './story';
import { takeResult } from './take-result';

const UNUSABLE = 'UnusableAnswer' satisfies FailureType;

/** What operators see of a run in Temporal. */
interface Visible {
  readonly story: Story;
  readonly outcome: SearchableOutcome;
  readonly approval: Approval;
}

/** A run that holds its partner: its steps, its calls and its end. */
export class SyncRun {
  private readonly budget: CallBudget;
  private readonly partner: string;
  private readonly story: Story;
  private readonly outcome: SearchableOutcome;
  private readonly approval: Approval;
  private answer: CheckedAnswer | null = null;

  constructor(
    private readonly opened: OpenedRun,
    { story, outcome, approval }: Visible,
  ) {
    this.budget = new CallBudget(opened);
    this.partner = opened.partner.name;
    this.story = story;
    this.outcome = outcome;
    this.approval = approval;
    outcome.set('running');
  }

  /**
   * Gets the partner's answer. If the partner rejects the token, a new one is requested, within the calls that are
   * left.
   *
   * @throws ApplicationFailure `UnusableAnswer` for an answer that must not be stored
   */
  async authenticateAndFetch(): Promise<CheckedAnswer> {
    const { answer, unusable } = await this.fetchWithFreshToken();
    this.answer = answer;
    if (unusable) throw ApplicationFailure.nonRetryable(unusable, UNUSABLE);
    return answer;
  }

  /** Stores the answer. A snapshot that would mark too many people as left is stored only after its approval. */
  async persist(answer: CheckedAnswer): Promise<SyncCounts> {
    this.story.now('Storing', 'waits for Postgres while it is unavailable');
    const input = { runId: this.opened.id, partner: this.partner, answer, calls: this.budget.calls };
    const saving = { ...input, approval: this.approval.decision };
    const result = await retryWhileUnknown(
      ({ isFirst }) => (isFirst ? persistProviders(saving) : persistAnywhere(saving)),
      (error) => isPartnerUnknown(error),
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
    const failure = toRunFailure(cause, this.partner, this.budget.calls, this.opened);
    this.story.end(`${status === 'failed' ? 'Failed' : 'Cancelled'}: ${failure.message}`);
    const closing = {
      runId: this.opened.id,
      partner: this.partner,
      status,
      failure,
      calls: this.budget.calls,
      decision: this.approval.decision,
      ...(failure.type === UNUSABLE && this.answer && { refused: withoutProviders(this.answer) }),
    };
    const closed = await CancellationScope.nonCancellable(() => closeRun(closing));
    if (closed !== undefined) {
      return this.succeed(takeResult('closeRun', closed, isSavedBefore, this.opened).saved);
    }
    this.outcome.set(status);
    throw status === 'cancelled' ? cause : new RunFailed(failure);
  }

  private async fetchWithFreshToken(): Promise<FetchProvidersResult> {
    for (;;) {
      const token = await this.authenticate();
      try {
        return await this.fetchProviders(token);
      } catch (error) {
        const { budget } = this;
        const isRejected = hasFailed(error, 'TokenRejected', this.opened);
        if (!isRejected || !budget.hasLeft('auth') || !budget.hasLeft('providers')) throw error;
        this.story.tell('The token was rejected; asking for a new one');
      }
    }
  }

  private async authenticate(): Promise<string> {
    const { opened, partner, budget, story } = this;
    story.calling(`Authenticating at ${partner}`, budget.left('auth'));
    const { token } = await this.call('auth', async (context, options) => {
      const activities = partnerActivities(opened, `Get a token from ${partner}`, options);
      const result = await activities.authenticate(context);
      return takeResult('authenticate', result, isAuthenticateResult, opened);
    });
    story.tell(`Authenticated (${explainCalls(budget.calls, 'auth')})`);
    return token;
  }

  private async fetchProviders(token: string): Promise<FetchProvidersResult> {
    const { opened, partner, budget, story } = this;
    story.calling(`Fetching providers from ${partner}`, budget.left('providers'));
    const fetched = await this.call('providers', async (context, options) => {
      const activities = partnerActivities(opened, `Get providers from ${partner}`, options);
      const result = await activities.fetchProviders({ ...context, token });
      return takeResult('fetchProviders', result, isFetchProvidersResult, opened);
    });
    story.tell(`Fetched ${fetched.answer.received} records (${explainCalls(budget.calls, 'providers')})`);
    return fetched;
  }

  /** Calls the partner within the calls that are left, on a worker that knows the partner. */
  private call<T extends { readonly calls: readonly PartnerCall[] }>(
    endpoint: Endpoint,
    step: (context: CallContext, options: CallOptions) => Promise<T>,
  ): Promise<T> {
    const { opened, partner, budget, story } = this;
    const { id: runId, temporalRunId } = opened;
    return retryWhileUnknown(
      ({ isFirst: allowEagerDispatch }) =>
        budget.spend(endpoint, (callsBefore, maximumAttempts) =>
          step({ runId, temporalRunId, partner, callsBefore }, { maximumAttempts, allowEagerDispatch }),
        ),
      (error) => isPartnerUnknown(error, opened) && budget.hasLeft(endpoint),
      () => story.waitingFor(partner),
    );
  }
}

function withoutProviders({ providers: _, ...refused }: CheckedAnswer): RefusedAnswer {
  return refused;
}
