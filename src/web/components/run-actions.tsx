import type { OperatorAction } from '../../store/runs/operator-actions';
import { ExactTime } from './time';

const DONE: Record<OperatorAction['action'], string> = {
  started: 'Started',
  cancelled: 'Cancelled',
  approved: 'Approved the snapshot',
  rejected: 'Rejected the snapshot',
  replayed: 'Replayed the answer',
  dismissed: 'Dismissed rejected records',
};

/** What operators did to a run: who, what and when. Empty if they did nothing. */
export function RunActions({ actions }: { readonly actions: readonly OperatorAction[] }) {
  if (actions.length === 0) return null;
  return (
    <section class="card" aria-labelledby="actions">
      <h2 id="actions">What operators did</h2>
      <ul class="actions-done">
        {actions.map(({ action, at, by, reason, runId, records }) => (
          <li key={`${at} ${action} ${runId}`}>
            <strong>
              {DONE[action]}
              {records !== null && `: ${records.toLocaleString('en')}`}
            </strong>{' '}
            by {by ?? 'an operator whose name is not known'}
            {reason && <>: {reason}</>}{' '}
            <span class="muted">
              (<ExactTime at={at} />)
            </span>
            {runId && (
              <>
                {' '}
                <a href={`/runs/${runId}`}>See the replay</a>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
