import { explainDeparting } from '../../contract/approval';
import { explainRefused } from '../../contract/explain';
import { COUNT_LABELS } from '../../contract/run';
import type { RunWithCalls } from '../../store/runs/read-runs';
import { ExactTime } from './time';

/** The result of a run, its times and its ids. */
export function RunFacts({ run }: { readonly run: RunWithCalls }) {
  return (
    <section class="card stack-small" aria-labelledby="counts">
      <h2 id="counts">Result</h2>
      <Counts run={run} />
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
        {run.requestedAt && (
          <>
            <dt>Requested</dt>
            <dd>
              <ExactTime at={run.requestedAt} />
            </dd>
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
        {run.workerVersion && (
          <>
            <dt>Worker</dt>
            <dd>version {run.workerVersion}</dd>
          </>
        )}
        {run.answerKeptUntil && (
          <>
            <dt>Answer kept until</dt>
            <dd>
              <ExactTime at={run.answerKeptUntil} />
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

function Counts({ run }: { readonly run: RunWithCalls }) {
  if (run.status === 'running') return <p>Nothing is stored yet.</p>;
  if (run.status !== 'succeeded') {
    return (
      <p>
        Nothing was stored; the directory did not change.
        {run.received > 0 && ` ${explainRefused(run)}.`}
        {run.approval && ` ${explainDeparting(run.approval)}.`}
      </p>
    );
  }
  return (
    <dl class="facts counts">
      {COUNT_LABELS.map(([field, label]) => (
        <>
          <dt class={run[field] === 0 ? 'muted' : ''}>{label}</dt>
          <dd class={run[field] === 0 ? 'muted' : ''}>{run[field].toLocaleString('en')}</dd>
        </>
      ))}
    </dl>
  );
}
