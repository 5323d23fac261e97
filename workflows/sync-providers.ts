import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { CallContext, FetchProvidersResult, OpenedRun, OpenRunInput } from '../src/contract/activities';
import type { CheckedAnswer, RefusedAnswer } from '../src/contract/answer';
import type { Endpoint, PartnerCall } from '../src/contract/call';
import { explainCalls, explainCounts } from '../src/contract/explain';
import type { FailureType } from '../src/contract/failures';
import { DEFAULT_PARTNER, PARTNER_NAME } from '../src/contract/names';
import { isAuthenticateResult, isFetchProvidersResult, isOpening, isSaved } from '../src/contract/results';
import type { SyncCounts, SyncInput, SyncResult } from '../src/contract/run';
import { Approval } from './approval';
import { CallBudget } from './call-budget';
import { readPartner, readTrigger } from './input';
import { hasFailed, isPartnerUnknown, RunFailed, toRunFailure } from './run-failure';
import { SearchableOutcome } from './searchable-outcome';
import {
  type CallOptions,
  callingPartner,
  closeRun,
  openRun,
  openRunAnywhere,
  persistAnywhere,
  persistProviders,
} from './steps';
import { Story } from './story';
import { takeResult } from './take-result';
import { whereKnown } from './where-known';

const CANCELLED = 'The run was cancelled';
const UNUSABLE = 'UnusableAnswer' satisfies FailureType;

/**
 * One sync of a partner's providers into the directory.
 *
 * @param input nothing, null, or `{ partner }`
 * @throws ApplicationFailure whose type is a name of the failure table, when the run failed
 */
export async function syncProviders(input?: SyncInput | null, ...rest: unknown[]): Promise<SyncResult> {
  const named = readPartner(input, rest);
  const { workflowId, runId } = workflowInfo();
  const story = new Story();
  story.now(`Claiming ${named ?? 'the partner'}`);

  const trigger = readTrigger();
  const start = { ...(named !== undefined && { partner: named }), trigger, workflowId, runId };
  const { searchable, ...opened } = await open(start, story);
  const partner = opened.partner?.name ?? named ?? DEFAULT_PARTNER;
  const outcome = new SearchableOutcome(searchable, partner, trigger);
  const approval = new Approval(outcome, story);
  if (opened.status === 'skipped') {
    outcome.set('skipped');
    story.end(`Skipped: ${opened.holder.workflowId} already syncs ${partner}`);
    return { status: 'skipped', id: opened.id, partner, holder: opened.holder };
  }

  outcome.set('running');
  const budget = new CallBudget(opened);
  let answer: CheckedAnswer | undefined;
  try {
    const { unusable, ...fetched } = await obtainAnswer(opened, budget, story);
    answer = fetched.answer;
    if (unusable) throw ApplicationFailure.nonRetryable(unusable, UNUSABLE);
    const counts = await persist(opened, answer, budget, approval, story);
    outcome.set('succeeded');
    return { status: 'succeeded', id: opened.id, partner, ...counts };
  } catch (error) {
    // Only what Temporal reports ends a run; a defect in this code stops the workflow task until it is mended.
    if (!(error instanceof TemporalFailure)) throw error;
    // Another Temporal run than the one that was opened: it claims the partner, and counts its calls, for itself.
    if (hasFailed(error, 'RunReset', opened)) return syncProviders(input, ...rest);
    const cancelled = isCancellation(error) || CancellationScope.current().consideredCancelled;
    const failure = toRunFailure(
      cancelled ? new CancelledFailure(CANCELLED) : error,
      partner,
      budget.calls,
      opened,
    );
    const status = cancelled ? 'cancelled' : 'failed';
    story.end(`${status === 'failed' ? 'Failed' : 'Cancelled'}: ${failure.message}`);
    const refused = failure.type === UNUSABLE && answer ? { refused: withoutProviders(answer) } : {};
    await CancellationScope.nonCancellable(() =>
      closeRun({
        runId: opened.id,
        partner,
        status,
        failure,
        calls: budget.calls,
        decision: approval.decision,
        ...refused,
      }),
    );
    outcome.set(status);
    throw cancelled ? new CancelledFailure(CANCELLED) : new RunFailed(failure);
  }
}

async function open(input: OpenRunInput, story: Story) {
  try {
    const opening = await whereKnown(
      ({ isFirst, isLast }) => (isFirst ? openRun(input) : openRunAnywhere({ ...input, isLastTry: isLast })),
      (error) => isPartnerUnknown(error) && PARTNER_NAME.test(input.partner ?? ''),
      () => waitForPartner(input.partner, story),
    );
    return takeResult('openRun', opening, isOpening);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    throw isCancellation(error) ? error : new RunFailed(toRunFailure(error, input.partner ?? '', []));
  }
}

/** Calls the partner within what is left of the calls, on a worker that knows it. */
function callKnown<T extends { readonly calls: readonly PartnerCall[] }>(
  endpoint: Endpoint,
  run: OpenedRun,
  budget: CallBudget,
  story: Story,
  step: (callsBefore: number, options: CallOptions) => Promise<T>,
): Promise<T> {
  return whereKnown(
    ({ isFirst: allowEagerDispatch }) =>
      budget.spend(endpoint, (callsBefore, maximumAttempts) =>
        step(callsBefore, { maximumAttempts, allowEagerDispatch }),
      ),
    (error) => isPartnerUnknown(error, run) && budget.hasLeft(endpoint),
    () => waitForPartner(run.partner.name, story),
  );
}

function waitForPartner(partner: string | undefined, story: Story): void {
  story.now(`Waiting for a worker whose partners.yaml names ${partner}`);
}

/** Authenticates and fetches. A rejected token leads to a new one, within what is left of the calls. */
async function obtainAnswer(run: OpenedRun, budget: CallBudget, story: Story): Promise<FetchProvidersResult> {
  for (;;) {
    const token = await authenticate(run, budget, story);
    try {
      return await fetchProviders(run, token, budget, story);
    } catch (error) {
      if (
        !hasFailed(error, 'TokenRejected', run) ||
        !budget.hasLeft('auth') ||
        !budget.hasLeft('providers')
      ) {
        throw error;
      }
      story.tell('The token was rejected; asking for a new one');
    }
  }
}

async function authenticate(run: OpenedRun, budget: CallBudget, story: Story): Promise<string> {
  story.calling(`Authenticating at ${run.partner.name}`, budget.left('auth'));
  const { token } = await callKnown('auth', run, budget, story, async (callsBefore, options) => {
    const activity = callingPartner(run, `Get a token from ${run.partner.name}`, options);
    const result = await activity.authenticate(contextOf(run, callsBefore));
    return takeResult('authenticate', result, isAuthenticateResult, run);
  });
  story.tell(`Authenticated (${explainCalls(budget.calls, 'auth')})`);
  return token;
}

async function fetchProviders(
  run: OpenedRun,
  token: string,
  budget: CallBudget,
  story: Story,
): Promise<FetchProvidersResult> {
  story.calling(`Fetching providers from ${run.partner.name}`, budget.left('providers'));
  const fetched = await callKnown('providers', run, budget, story, async (callsBefore, options) => {
    const activity = callingPartner(run, `Get providers from ${run.partner.name}`, options);
    const result = await activity.fetchProviders({ ...contextOf(run, callsBefore), token });
    return takeResult('fetchProviders', result, isFetchProvidersResult, run);
  });
  story.tell(`Fetched ${fetched.answer.received} records (${explainCalls(budget.calls, 'providers')})`);
  return fetched;
}

/** Stores the answer. A snapshot that would mark too many people as left is stored once it is approved. */
async function persist(
  run: OpenedRun,
  answer: CheckedAnswer,
  budget: CallBudget,
  approval: Approval,
  story: Story,
): Promise<SyncCounts> {
  story.now('Storing', 'waits for Postgres while it is unavailable');
  const input = { runId: run.id, partner: run.partner.name, answer, calls: budget.calls };
  const saving = { ...input, approval: approval.decision };
  const result = await whereKnown(
    ({ isFirst }) => (isFirst ? persistProviders(saving) : persistAnywhere(saving)),
    (error) => isPartnerUnknown(error),
    () => waitForPartner(run.partner.name, story),
  );
  const { runId: _, ...saved } = takeResult('persistProviders', result, isSaved, run);
  if ('status' in saved) {
    await approval.obtain(saved);
    return persist(run, answer, budget, approval, story);
  }
  story.end(`Succeeded. ${explainCounts(saved)}`);
  return saved;
}

function withoutProviders({ providers: _, ...refused }: CheckedAnswer): RefusedAnswer {
  return refused;
}

function contextOf({ id, temporalRunId, partner }: OpenedRun, callsBefore: number): CallContext {
  return { runId: id, temporalRunId, partner: partner.name, callsBefore };
}
