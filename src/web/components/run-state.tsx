import { explainProgress } from '../../contract/explain';
import { adviseOn, type FailureType } from '../../contract/failures';
import { labelProgress } from '../../operations/explain-step';
import type { Mender } from '../../store/runs/read-causes';
import type { RunWithCalls } from '../../store/runs/read-runs';
import { Advice } from './advice';
import { Mended } from './mended';
import { Notice } from './notice';

interface RunStateProps {
  readonly run: RunWithCalls;
  readonly mender: Mender | null;
  /** What the run does now, in words; empty if that is not known. */
  readonly line: string;
  readonly isAwaited: boolean;
}

/** The current step of a running run, or the reason why a run did not succeed. */
export function RunState({ run, mender, line, isAwaited }: RunStateProps) {
  return (
    <>
      {run.status === 'running' && !isAwaited && (
        <Notice tone="busy">
          <p>
            {line ? (
              <Advice text={`Now: ${labelProgress(line)}.`} />
            ) : (
              'The sync is running. This page updates itself.'
            )}
          </p>
          {run.progress && <p>Fetching: {explainProgress(run.progress)} so far.</p>}
        </Notice>
      )}
      {run.failure && (
        <Notice tone={run.status === 'failed' ? 'bad' : 'warn'}>
          <p>
            <strong>{run.failure.type}.</strong> {run.failure.message}
          </p>
          {mender && (
            <p>
              <Mended {...mender} id={run.id} />
            </p>
          )}
          <p class="muted">{adviseOn(run.failure)}</p>
          {run.status === 'failed' && <SameFailure partner={run.partner} type={run.failure.type} />}
        </Notice>
      )}
      {run.holder && (
        <Notice tone="warn">
          <p>
            Skipped: <a href={`/runs/${run.holder.id}`}>{run.holder.workflowId}</a> was syncing {run.partner}.
            Only one sync of a partner runs at a time.
          </p>
        </Notice>
      )}
    </>
  );
}

interface SameFailureProps {
  readonly partner: string;
  readonly type: FailureType;
}

/** Leads to the partner's runs with the same failure, because the advice depends on how often it happens. */
function SameFailure({ partner, type }: SameFailureProps) {
  return (
    <p>
      How often? See{' '}
      <a
        id="same-failure"
        href={`/runs?${new URLSearchParams({ partner, status: 'failed', failureType: type })}`}
      >
        all runs of {partner} that failed with {type}
      </a>
      .
    </p>
  );
}
