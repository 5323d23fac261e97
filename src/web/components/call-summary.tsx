import { END_CALLS, explainCallCounts, leftOut } from '../../store/runs/read-calls';
import type { RunWithCalls } from '../../store/runs/read-runs';

/** The calls in numbers, and the way to all of them; empty if the page shows all calls. */
export function CallSummary({ run }: { readonly run: RunWithCalls }) {
  const { callCounts } = run;
  if (leftOut(run) === 0) return null;
  return (
    <p>
      {callCounts.total.toLocaleString('en')} calls: {explainCallCounts(callCounts)}. Shown are the first{' '}
      {END_CALLS}, the last {END_CALLS} and the latest failed ones.{' '}
      <a id="all-calls" href={`/runs/${run.id}/calls`}>
        All calls
      </a>
    </p>
  );
}
