import { explainRefused } from '../../contract/explain';
import { adviseOn } from '../../contract/failures';
import type { Provider } from '../../store/directory/provider-row';
import type { ProviderChange } from '../../store/directory/read-provider-history';
import type { StoredRejectedRecord } from '../../store/directory/read-rejected-records';
import type { Page } from '../../store/lists/cursor';
import type { RunWithCalls } from '../../store/runs/read-runs';
import { awaitedApproval } from '../../store/runs/run-row';
import { Approval } from '../components/approval';
import { Calls } from '../components/calls';
import { Changes } from '../components/changes';
import { Live } from '../components/live';
import { Notice } from '../components/notice';
import { PageHead } from '../components/page-head';
import { ProviderTable } from '../components/provider-table';
import { RejectedRecords } from '../components/rejected-records';
import { newsOf } from '../components/run-news';
import { RunNotice, type RunNoticeName } from '../components/run-notice';
import { tookOf } from '../components/run-table';
import { Status } from '../components/status';
import { SyncNow } from '../components/sync-now';
import { ExactTime, Time } from '../components/time';

export interface RunProps {
  readonly run: RunWithCalls;
  /** Of the run, so that the page can be told of what came after. */
  readonly version: string;
  readonly changes: Page<ProviderChange>;
  readonly newcomers: Page<Provider>;
  readonly rejected: Page<StoredRejectedRecord>;
  /** The first of those who would be marked as left, while the run waits for an approval. */
  readonly departing: Page<Provider>;
  /** What Temporal says goes on now; empty where it says nothing. */
  readonly progress: string;
  /** The workflow in the Temporal UI. */
  readonly workflowUrl: string | null;
  readonly canOperate: boolean;
  /** Something to say about what was just asked for. */
  readonly notice?: RunNoticeName | undefined;
}

/** Waiting makes no event. */
const LOOK_EVERY_S = 2;
/** While an operator decides, events say what changes. */
const LOOK_WHILE_AWAITED_S = 60;

/** One run: how it ended and why, each call to the partner, and what it did to the directory. */
export function RunPage(props: RunProps) {
  const { run, version, departing, progress, workflowUrl, canOperate, notice } = props;
  const isRunning = run.status === 'running';
  // Decided just now: the worker stores it at any moment.
  const isAwaited = awaitedApproval(run) !== null && notice !== 'decided';
  return (
    <Live
      id="run"
      url={`/runs/${run.id}`}
      events={isRunning ? `/events?run=${run.id}&version=${version}` : null}
      every={isAwaited ? LOOK_WHILE_AWAITED_S : LOOK_EVERY_S}
      news={newsOf(run)}
    >
      <PageHead
        title={
          <>
            Sync of {run.partner} <Status status={run.status} isAwaited={isAwaited} />
          </>
        }
        lead={
          <>
            Started <Time at={run.startedAt} /> by {run.trigger}
            {tookOf(run) && <>, took {tookOf(run)}</>}.
          </>
        }
      >
        {canOperate && isRunning && notice !== 'cancelling' && (
          <form method="post" action={`/runs/${run.id}/cancel`}>
            <button type="submit" id="cancel" class="danger">
              Cancel
            </button>
          </form>
        )}
        {canOperate && !isRunning && <SyncNow partner={run.partner} />}
        {workflowUrl && (
          <a class="button" id="workflow" href={workflowUrl}>
            Open in Temporal
          </a>
        )}
      </PageHead>
      {notice && (isRunning || notice !== 'cancelling') && <RunNotice notice={notice} />}
      {(notice !== 'decided' || !isRunning) && (
        <Approval run={run} departing={departing} canOperate={canOperate} />
      )}
      {isRunning && !isAwaited && (
        <Notice tone="busy">
          <p>{progress ? `Now: ${progress}.` : 'It is running; this page keeps up with it.'}</p>
        </Notice>
      )}
      {run.failure && (
        <Notice tone={run.status === 'failed' ? 'bad' : 'warn'}>
          <p>
            <strong>{run.failure.type}.</strong> {run.failure.message}
          </p>
          <p class="muted">{adviseOn(run.failure)}</p>
        </Notice>
      )}
      {run.holder && (
        <Notice tone="warn">
          <p>
            Not begun: <a href={`/runs/${run.holder.id}`}>{run.holder.workflowId}</a> was syncing{' '}
            {run.partner}, and a partner has one sync at a time.
          </p>
        </Notice>
      )}
      <div class="split">
        <section class="card" aria-labelledby="calls">
          <h2 id="calls">Calls to the partner</h2>
          {run.calls.length > 0 ? (
            <Calls calls={run.calls} />
          ) : (
            <p class="muted">{isRunning ? 'None has ended yet.' : 'None was made.'}</p>
          )}
        </section>
        <Facts run={run} />
      </div>
      <Results {...props} />
    </Live>
  );
}

function Facts({ run }: { readonly run: RunWithCalls }) {
  return (
    <section class="card stack-small" aria-labelledby="counts">
      <h2 id="counts">What came of it</h2>
      {run.status === 'succeeded' ? (
        <dl class="facts counts">
          {COUNTS.map(([field, label]) => (
            <>
              <dt class={run[field] === 0 ? 'muted' : ''}>{label}</dt>
              <dd class={run[field] === 0 ? 'muted' : ''}>{run[field].toLocaleString('en')}</dd>
            </>
          ))}
        </dl>
      ) : (
        <p>
          {run.status === 'running'
            ? 'Nothing is stored yet.'
            : `Nothing was stored: the directory is as it was.${run.received > 0 ? ` ${explainRefused(run)}.` : ''}`}
        </p>
      )}
      <dl class="facts">
        {run.unknownFields.length > 0 && (
          <>
            <dt>New fields</dt>
            <dd>{run.unknownFields.join(', ')}</dd>
          </>
        )}
        {run.vanishedFields.length > 0 && (
          <>
            <dt>Missing fields</dt>
            <dd>{run.vanishedFields.join(', ')}</dd>
          </>
        )}
        {run.remarks.length > 0 && (
          <>
            <dt>Remarks</dt>
            {run.remarks.map(({ type, field, message }) => (
              <dd key={`${type} ${field}`}>{message}</dd>
            ))}
          </>
        )}
        <dt>Started</dt>
        <dd>
          <ExactTime at={run.startedAt} />
        </dd>
        {run.finishedAt && (
          <>
            <dt>Finished</dt>
            <dd>
              <ExactTime at={run.finishedAt} />
            </dd>
          </>
        )}
        <dt>Workflow</dt>
        <dd>
          <code>{run.workflowId}</code>
        </dd>
        <dt>Id</dt>
        <dd>
          <code>{run.id}</code>
        </dd>
      </dl>
    </section>
  );
}

const COUNTS = [
  ['received', 'Received'],
  ['inserted', 'New'],
  ['updated', 'Changed'],
  ['unchanged', 'Unchanged'],
  ['departed', 'Left'],
  ['duplicates', 'Duplicates'],
  ['rejected', 'Could not be used'],
] as const;

function Results({ run, changes, newcomers, rejected }: RunProps) {
  return (
    <>
      {changes.items.length > 0 && (
        <section class="card" aria-labelledby="changes">
          <h2 id="changes">What changed</h2>
          <Changes changes={changes.items} without="run" />
          <More isShort={changes.nextCursor !== null} href={`/api/v1/syncs/${run.id}/changes`} />
        </section>
      )}
      {rejected.items.length > 0 && (
        <section class="card" aria-labelledby="rejected">
          <h2 id="rejected">Could not be used</h2>
          <RejectedRecords records={rejected.items} withRun={false} />
          {rejected.nextCursor && <a href={`/rejected-records?runId=${run.id}`}>All of them</a>}
        </section>
      )}
      {newcomers.items.length > 0 && (
        <section class="card" aria-labelledby="new">
          <h2 id="new">New in the directory</h2>
          <ProviderTable providers={newcomers.items} />
          <More isShort={newcomers.nextCursor !== null} href={`/api/v1/syncs/${run.id}/new-providers`} />
        </section>
      )}
    </>
  );
}

function More({ isShort, href }: { readonly isShort: boolean; readonly href: string }) {
  return isShort ? (
    <p>
      These are the first; <a href={href}>the API has all of them</a>.
    </p>
  ) : null;
}
