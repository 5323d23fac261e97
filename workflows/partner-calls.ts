import type { CallContext, FetchProvidersResult, OpenedRun, StagedPages } from '../src/contract/activities';
import type { Endpoint, PartnerCall } from '../src/contract/call';
import { explainCalls } from '../src/contract/explain';
import { isAuthenticateResult, isFetchProvidersResult } from '../src/contract/results';
import { CallBudget } from './call-budget';
import { retryElsewhere } from './retry-elsewhere';
import { hasFailed, isForAnotherWorker } from './run-failure';
import { type CallOptions, partnerActivities } from './steps';
import type { Story } from './story';
import { invalidResult, takeResult } from './take-result';

/** The calls of a run to its partner: the token, and page after page. Each page has its own budget of calls. */
export class PartnerCalls {
  private budget: CallBudget;
  private needsToken: boolean;

  /** @param token of a page before */
  constructor(
    private readonly run: OpenedRun,
    private readonly story: Story,
    page: number,
    private token: string | null,
  ) {
    this.budget = new CallBudget(run, page);
    this.needsToken = run.partner.authenticates ?? true;
  }

  /** The calls that may not be in the ledger yet. */
  get unrecorded(): readonly PartnerCall[] {
    return this.budget.calls;
  }

  get latestToken(): string | null {
    return this.token;
  }

  /**
   * Gets one page. If the partner rejects the token, a new one is requested, within the calls that are left.
   *
   * @param after the last page, or null for the first one
   */
  async fetchPage(after: StagedPages | null): Promise<FetchProvidersResult> {
    for (;;) {
      if (this.needsToken) this.token ??= await this.authenticate();
      try {
        const fetched = await this.fetchProviders(after);
        // Staging stores the calls too.
        if ('staged' in fetched) this.budget = new CallBudget(this.run, fetched.staged.pages + 1);
        return fetched;
      } catch (error) {
        const { budget } = this;
        const isRejected = hasFailed(error, 'TokenRejected', this.run);
        if (!isRejected || !budget.hasLeft('auth') || !budget.hasLeft('providers')) throw error;
        this.token = null;
        this.needsToken = true;
        this.story.tell('The token was rejected; asking for a new one');
      }
    }
  }

  private async authenticate(): Promise<string> {
    const { run, budget, story } = this;
    const { name } = run.partner;
    story.calling(`Authenticating at ${name}`, budget.left('auth'));
    const { token } = await this.call('auth', async (context, options) => {
      const activities = partnerActivities(run, `Get a token from ${name}`, options);
      return takeResult('authenticate', await activities.authenticate(context), isAuthenticateResult, run);
    });
    story.tell(`Authenticated (${explainCalls(budget.calls, 'auth')})`);
    return token;
  }

  private async fetchProviders(after: StagedPages | null): Promise<FetchProvidersResult> {
    const { run, budget, story, token } = this;
    const { name, since, needsStaging } = run.partner;
    const what = after === null ? 'providers' : `page ${budget.page}`;
    story.calling(`Fetching ${what} from ${name}`, budget.left('providers'));
    const isStaged = after !== null || needsStaging === true;
    const page = {
      ...(since !== undefined && { since }),
      ...(needsStaging !== undefined && { needsStaging }),
      ...(after !== null && { after }),
    };
    const fetched = await this.call('providers', async (context, options) => {
      const activities = partnerActivities(run, `Get ${what} from ${name}`, { ...options, isStaged });
      const input = { ...context, token, ...page, earlierCalls: budget.calls };
      return takeResult(
        'fetchProviders',
        await activities.fetchProviders(input),
        isFetchProvidersResult,
        run,
      );
    });
    this.tell(fetched);
    return fetched;
  }

  private tell(fetched: FetchProvidersResult): void {
    const { budget, story } = this;
    if (!('staged' in fetched)) {
      story.tell(`Fetched ${fetched.answer.received} records (${explainCalls(budget.calls, 'providers')})`);
    } else if (fetched.staged.pages === budget.page) {
      story.paged(fetched.staged);
    } else {
      throw invalidResult('The result of fetchProviders belongs to another page.');
    }
  }

  /** Calls the partner within the calls that are left, on a worker that knows the partner. */
  private call<T extends { readonly calls: readonly PartnerCall[] }>(
    endpoint: Endpoint,
    step: (context: CallContext, options: CallOptions) => Promise<T>,
  ): Promise<T> {
    const { run, budget, story } = this;
    const { id: runId, temporalRunId, partner } = run;
    const page = budget.page === 1 ? {} : { page: budget.page };
    return retryElsewhere(
      ({ isFirst: allowEagerDispatch }) =>
        budget.spend(endpoint, (callsBefore, maximumAttempts) =>
          step(
            { runId, temporalRunId, partner: partner.name, ...page, callsBefore },
            { maximumAttempts, allowEagerDispatch },
          ),
        ),
      (error) => isForAnotherWorker(error, run) && budget.hasLeft(endpoint),
      () => story.waitingFor(partner.name),
    );
  }
}
