import type { ComponentChildren } from 'preact';
import { STARTED_WORDS } from '../../contract/trigger-words';
import type { RunProgress } from '../../operations/read-progress';
import type { Provider } from '../../store/directory/provider-row';
import type { Page } from '../../store/lists/cursor';
import { tookOf } from '../../store/runs/explain-parts';
import type { NeighbourRuns } from '../../store/runs/find-neighbours';
import { CALLS_REMOVED, leftOut } from '../../store/runs/read-calls';
import type { Mender } from '../../store/runs/read-causes';
import type { RunWithCalls } from '../../store/runs/read-runs';
import { awaitedApproval, type Run } from '../../store/runs/run-row';
import { Approval } from '../components/approval';
import { CallSummary } from '../components/call-summary';
import { Calls } from '../components/calls';
import { DownloadCalls } from '../components/download-calls';
import { Live } from '../components/live';
import { Neighbours } from '../components/neighbour-runs';
import { Notice } from '../components/notice';
import { OutcomeNotice, RUN_NOTICES, type RunNoticeName } from '../components/outcome-notice';
import { PageHead } from '../components/page-head';
import { RunActions } from '../components/run-actions';
import { RunFacts } from '../components/run-facts';
import { RunIds, type RunPlaces } from '../components/run-ids';
import { newsOf } from '../components/run-news';
import { RunResults, type RunResultsProps } from '../components/run-results';
import { RunState } from '../components/run-state';
import { RunTime } from '../components/run-time';
import { Status } from '../components/status';
import { SyncNow } from '../components/sync-now';
import { BothTimes } from '../components/time';

export interface RunProps extends RunResultsProps {
  readonly run: RunWithCalls;
  /** Whether a later run mended this one; null unless it went wrong. */
  readonly mender: Mender | null;
  /** The partner's runs before and after this one. */
  readonly neighbours: NeighbourRuns;
  /** Whether Postgres is unavailable, so that the page has only what Temporal knows. */
  readonly isPartial: boolean;
  /** The version of the run, so that the page can receive later changes. */
  readonly version: string;
  /** The first page of the providers that would be marked as left, while the run waits for an approval. */
  readonly departing: Page<Provider>;
  /** What the run does now, according to Temporal. */
  readonly progress: RunProgress;
  readonly places: RunPlaces;
  /** The address of the workflow in the Temporal UI. */
  readonly workflowUrl: string | null;
  /** The address of the trace. */
  readonly traceUrl: string | null;
  readonly canOperate: boolean;
  /** The result of the operator's last action. */
  readonly notice?: RunNoticeName | undefined;
}

/** Seconds between two updates; a waiting run sends no events. */
const LOOK_EVERY_S = 2;
/** Seconds between two updates while an operator decides; events report the decision. */
const LOOK_WHILE_AWAITED_S = 60;

/** One run: its result and the reason, each call to the partner, and its changes of the directory. */
export function RunPage(props: RunProps) {
  const { run, version, departing, workflowUrl, traceUrl, canOperate, notice } = props;
  const isRunning = run.status === 'running';
  // After the decision, the worker stores it within moments.
  const isAwaited = awaitedApproval(run) !== null && notice !== 'decided';
  return (
    <Live
      id="run"
      url={`/runs/${run.id}`}
      events={isRunning ? `/events?run=${run.id}&version=${version}` : null}
      every={isAwaited ? LOOK_WHILE_AWAITED_S : LOOK_EVERY_S}
      news={newsOf(run)}
    >
      <Neighbours partner={run.partner} {...props.neighbours} />
      <Head run={run} isAwaited={isAwaited}>
        {canOperate && isRunning && notice !== 'cancelling' && <Cancel run={run} />}
        {canOperate && !isRunning && <SyncNow partner={run.partner} />}
        {canOperate && !isRunning && run.answerKeptUntil && <Replay run={run} />}
        {!isRunning && (
          <a class="button" id="compare-before" href={`/runs/compare?b=${run.id}`}>
            Compare with an earlier run
          </a>
        )}
        {workflowUrl && (
          <a class="button" id="workflow" href={workflowUrl}>
            Open in Temporal
          </a>
        )}
        {traceUrl && (
          <a class="button" id="trace" href={traceUrl}>
            Open the trace
          </a>
        )}
      </Head>
      {props.isPartial && (
        <Notice tone="warn">
          <p>
            The database is unavailable. This page shows what Temporal knows of the run, and the rest when the
            database is back.
          </p>
        </Notice>
      )}
      {(isRunning || notice !== 'cancelling') && <OutcomeNotice notices={RUN_NOTICES} name={notice} />}
      {(notice !== 'decided' || !isRunning) && (
        <Approval run={run} departing={departing} canOperate={canOperate} />
      )}
      <RunState run={run} mender={props.mender} line={props.progress.line} isAwaited={isAwaited} />
      <div class="split">
        <section class="card stack-small" aria-labelledby="time">
          <h2 id="time">Time</h2>
          <RunTime run={run} step={props.progress.step} />
          {run.calls.length === 0 && <p class="muted">{explainNoCalls(run)}</p>}
          {!props.isPartial && <DownloadCalls run={run} />}
        </section>
        <div class="stack">
          <RunFacts run={run} />
          <RunActions actions={run.actions} />
        </div>
      </div>
      {leftOut(run) > 0 && (
        <section class="card" aria-labelledby="calls">
          <h2 id="calls">Calls to the partner</h2>
          <CallSummary run={run} />
          <Calls calls={run.calls} />
        </section>
      )}
      {!props.isPartial && <RunResults {...props} />}
      <RunIds run={run} places={props.places} />
    </Live>
  );
}

function explainNoCalls({ status, replayOf, callsRemovedAt }: Run) {
  if (replayOf) return 'A replay makes no call.';
  if (callsRemovedAt && status !== 'skipped') return CALLS_REMOVED;
  return status === 'running' ? 'No call has finished yet.' : 'No call was made.';
}

interface HeadProps {
  readonly run: Run;
  readonly isAwaited: boolean;
  readonly children: ComponentChildren;
}

/** What the run is: a sync, or a replay of one. */
function titleOf({ partner, replayOf }: Run) {
  if (!replayOf) return `Sync of ${partner}`;
  return (
    <>
      Replay of <a href={`/runs/${replayOf}`}>a run</a> of {partner}
    </>
  );
}

function Head({ run, isAwaited, children }: HeadProps) {
  const took = tookOf(run);
  return (
    <PageHead
      title={
        <>
          {titleOf(run)} <Status status={run.status} isAwaited={isAwaited} />
        </>
      }
      lead={
        <>
          Started <BothTimes at={run.startedAt} /> {STARTED_WORDS[run.trigger]}
          {took && <>, took {took}</>}.
        </>
      }
    >
      {children}
    </PageHead>
  );
}

function Cancel({ run }: { readonly run: Run }) {
  return (
    <form method="post" action={`/runs/${run.id}/cancel`}>
      <button type="submit" id="cancel" class="danger">
        Cancel
      </button>
    </form>
  );
}

/** Checks and stores the kept answer of the run again, without a call. */
function Replay({ run }: { readonly run: Run }) {
  return (
    <form method="post" action={`/runs/${run.id}/replay`}>
      <button
        type="submit"
        id="replay"
        title="Check and store the answer of this run again, as partners.yaml says now. The partner is not called."
      >
        Replay
      </button>
    </form>
  );
}
