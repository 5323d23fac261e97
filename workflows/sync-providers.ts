import {
  ActivityCancellationType,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { explainCalls, explainCounts } from '../src/contract/explain';
import type { FailureType } from '../src/contract/failures';
import { isAuthenticateResult, isFetchProvidersResult, isOpening, isSaved } from '../src/contract/results';
import type {
  Activities,
  CallContext,
  CheckedAnswer,
  FetchProvidersResult,
  OpenedRun,
  OpenRunInput,
  RefusedAnswer,
  SyncCounts,
  SyncInput,
  SyncResult,
} from '../src/contract/sync';
import { callTimeout, TIMEOUTS } from '../src/contract/timeouts';
import { Approval } from './approval';
import { CallBudget } from './call-budget';
import { readPartner, readTrigger } from './input';
import { hasFailed, RunFailed, toRunFailure } from './run-failure';
import { SearchableOutcome } from './searchable-outcome';
import { Story } from './story';
import { takeResult } from './take-result';

const CANCELLED = 'The run was cancelled';
const UNUSABLE = 'UnusableAnswer' satisfies FailureType;

// Postgres comes back sooner or later, so its steps are repeated for as long as that takes; beyond the
// threshold the wait is a timer, at which a cancellation arrives.
const STORE_OPTIONS = {
  startToCloseTimeout: TIMEOUTS.storeStep,
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
  localRetryThreshold: '1s',
} as const;
const { openRun } = proxyLocalActivities<Pick<Activities, 'openRun'>>({
  ...STORE_OPTIONS,
  // A claim that is under way when the run is cancelled would be left behind, were its end not awaited.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  summary: 'Claim the partner, record the start',
});
const { closeRun } = proxyLocalActivities<Pick<Activities, 'closeRun'>>({
  ...STORE_OPTIONS,
  summary: 'Record why the run ended',
});
const { persistProviders } = proxyActivities<Pick<Activities, 'persistProviders'>>({
  summary: 'Store everything in one transaction',
  startToCloseTimeout: TIMEOUTS.save,
  heartbeatTimeout: TIMEOUTS.heartbeat,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '500ms', maximumInterval: '15s' },
});

/**
 * One sync of a partner's providers into the directory.
 *
 * @param input nothing, null, or `{ partner }`
 * @throws ApplicationFailure whose type is a name of the failure table, when the run failed
 */
export async function syncProviders(input?: SyncInput | null, ...rest: unknown[]): Promise<SyncResult> {
  const partner = readPartner(input, rest);
  const { workflowId, runId } = workflowInfo();
  const story = new Story();
  story.now(`Claiming ${partner}`);

  const trigger = readTrigger();
  const { searchable, ...opened } = await open({ partner, trigger, workflowId, runId });
  const outcome = new SearchableOutcome(searchable, partner, trigger);
  const approval = new Approval(outcome, story);
  if (opened.status === 'skipped') {
    outcome.set('skipped');
    story.end(`Skipped: ${opened.holder.workflowId} already syncs ${partner}`);
    return { ...opened, partner };
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

async function open(input: OpenRunInput) {
  try {
    return takeResult('openRun', await openRun(input), isOpening);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    throw isCancellation(error) ? error : new RunFailed(toRunFailure(error, input.partner, []));
  }
}

/** Authenticates and fetches. A rejected token leads to a new one, within what is left of the calls. */
async function obtainAnswer(run: OpenedRun, budget: CallBudget, story: Story): Promise<FetchProvidersResult> {
  for (;;) {
    const token = await authenticate(run, budget, story);
    try {
      return await fetchProviders(run, token, budget, story);
    } catch (error) {
      if (!hasFailed(error, 'TokenRejected', run) || !budget.hasLeft('auth') || !budget.hasLeft('providers'))
        throw error;
      story.tell('The token was rejected; asking for a new one');
    }
  }
}

async function authenticate(run: OpenedRun, budget: CallBudget, story: Story): Promise<string> {
  story.calling(`Authenticating at ${run.partner.name}`, budget.left('auth'));
  const { token } = await budget.spend('auth', async (callsBefore, maximumAttempts) => {
    const activity = callingPartner(run, `Get a token from ${run.partner.name}`, maximumAttempts);
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
  const fetched = await budget.spend('providers', async (callsBefore, maximumAttempts) => {
    const activity = callingPartner(run, `Get providers from ${run.partner.name}`, maximumAttempts);
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
  const result = await persistProviders({ ...input, approval: approval.decision });
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

/** The two activities that call the partner; how long they wait between calls is theirs to say. */
function callingPartner(run: OpenedRun, summary: string, maximumAttempts: number) {
  return proxyActivities<Pick<Activities, 'authenticate' | 'fetchProviders'>>({
    summary,
    startToCloseTimeout: callTimeout(run.partner.deadlineMs),
    heartbeatTimeout: TIMEOUTS.heartbeat,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { initialInterval: '1s', maximumAttempts },
  });
}
