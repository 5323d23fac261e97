import { explainDeparting } from '../../contract/approval';
import { explainCounts } from '../../contract/explain';
import { FAILURES } from '../../contract/failures';
import { awaitedApproval, type Run } from '../../store/runs/run-row';
import { Status } from './status';
import { duration, ExactTime, Time } from './time';

/** Runs, one a row. */
export function RunTable({ runs }: { readonly runs: readonly Run[] }) {
  return (
    <div class="table-wrap">
      <table>
        <thead>
          <tr>
            <th scope="col">Started</th>
            <th scope="col">Status</th>
            <th scope="col" class="wide">
              Partner
            </th>
            <th scope="col" class="wide">
              What came of it
            </th>
            <th scope="col" class="wide">
              Started by
            </th>
            <th scope="col" class="wide number">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <td class="when">
                <a id={`run-${run.id}`} href={`/runs/${run.id}`}>
                  <ExactTime at={run.startedAt} />
                </a>{' '}
                <span class="age muted">
                  <Time at={run.startedAt} />
                </span>
                <span class="narrow muted">{run.partner}</span>
              </td>
              <td>
                <Status status={run.status} isAwaited={awaitedApproval(run) !== null} />
                <div class="narrow muted">
                  <Result run={run} />
                </div>
              </td>
              <td class="wide partner">{run.partner}</td>
              <td class="wide">
                <Result run={run} />
              </td>
              <td class="wide">{run.trigger}</td>
              <td class="wide number">{tookOf(run)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Result({ run }: { readonly run: Run }) {
  return (
    <>
      {resultOf(run)}
      {run.status === 'failed' && run.failure && (
        <div class="muted">{FAILURES[run.failure.type].meaning}</div>
      )}
    </>
  );
}

/** In a few words what a run did, or why it did not. */
function resultOf(run: Run): string {
  if (run.status === 'succeeded') return explainCounts(run);
  const approval = awaitedApproval(run);
  if (approval) return explainDeparting(approval);
  if (run.status === 'running') return 'still running';
  if (run.status === 'skipped') return 'another run held the partner';
  return run.status === 'failed' && run.failure ? run.failure.type : 'nothing was stored';
}

/** How long a run took; empty for one that is still running, or did not begin. */
export function tookOf({ status, startedAt, finishedAt }: Run): string {
  return finishedAt === null || status === 'skipped'
    ? ''
    : duration(Date.parse(finishedAt) - Date.parse(startedAt));
}
