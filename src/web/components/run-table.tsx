import { explainDeparting } from '../../contract/approval';
import { explainCounts, explainRepeats } from '../../contract/explain';
import { FAILURES } from '../../contract/failures';
import { TRIGGER_WORDS } from '../../contract/trigger-words';
import { tookOf } from '../../store/runs/explain-parts';
import { awaitedApproval, type Run } from '../../store/runs/run-row';
import { Status } from './status';
import { Table } from './table';
import { ExactTime, exactTime, Time } from './time';

/** A table with one row for each run. Two of them can be chosen and compared. */
export function RunTable({ runs }: { readonly runs: readonly Run[] }) {
  return (
    <div class="choosing">
      <Table
        columns={[
          [<span class="visually-hidden">Compare</span>, 'choose'],
          'Started',
          'Status',
          ...['Partner', 'Result', 'Started by'].map((name) => [name, 'wide'] as const),
          ['Duration', 'wide number'],
        ]}
      >
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <td class="choose">
                <Choose run={run} />
              </td>
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
              <td class="wide nowrap">{TRIGGER_WORDS[run.trigger]}</td>
              <td class="wide number">{tookOf(run)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
      <form id="compare" class="compare-bar" method="get" action="/runs/compare">
        <p class="muted">Choose two runs to compare them.</p>
        <button type="submit">Compare two chosen runs</button>
      </form>
    </div>
  );
}

/** The box stays as it is when the list updates itself. */
function Choose({ run }: { readonly run: Run }) {
  return (
    <input
      type="checkbox"
      id={`choose-${run.id}`}
      name="run"
      value={run.id}
      form="compare"
      aria-label={`Compare the sync of ${run.partner}, ${exactTime(run.startedAt)}`}
      hx-preserve="true"
    />
  );
}

function Result({ run }: { readonly run: Run }) {
  return (
    <>
      {resultOf(run)}
      {run.status === 'failed' && run.failure && (
        <div class="muted">{FAILURES[run.failure.type].meaning}</div>
      )}
      {run.repeats > 0 && <div class="muted">{explainRepeats(run.repeats)}</div>}
    </>
  );
}

/** The result of a run in a few words. */
function resultOf(run: Run): string {
  if (run.status === 'succeeded') return explainCounts(run);
  const approval = awaitedApproval(run);
  if (approval) return explainDeparting(approval);
  if (run.status === 'running') return 'still running';
  if (run.status === 'skipped') return 'another run was syncing the partner';
  return run.status === 'failed' && run.failure ? run.failure.type : 'nothing was stored';
}
