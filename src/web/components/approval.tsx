import {
  type ApprovalRequest,
  DECISION_LENGTHS,
  explainDecision,
  explainDeparting,
} from '../../contract/approval';
import type { Provider } from '../../store/directory/provider-row';
import type { Page } from '../../store/lists/cursor';
import { awaitedApproval, type Run } from '../../store/runs/run-row';
import { NameField } from './name-field';
import { Notice } from './notice';
import { ProviderTable } from './provider-table';
import { BothTimes, ExactTime } from './time';

interface ApprovalProps {
  readonly run: Run;
  /** The first page of the providers that would be marked as left. */
  readonly departing: Page<Provider>;
  readonly canOperate: boolean;
}

/** The snapshot that an operator has to approve, or the decision about it. Empty for other runs. */
export function Approval({ run, departing, canOperate }: ApprovalProps) {
  const request = awaitedApproval(run);
  if (!request) {
    // The failure of a rejected run says who rejected it, and why.
    return run.approval?.decision && run.failure?.type !== 'SnapshotRejected' ? (
      <Notice tone={run.approval.decision.verdict === 'approved' ? 'ok' : 'warn'}>
        <p>
          {explainDeparting(run.approval)}. {explainDecision(run.approval.decision)}{' '}
          <span class="muted">
            (<ExactTime at={run.approval.decision.at} />)
          </span>
        </p>
      </Notice>
    ) : null;
  }
  return (
    <section class="card stack-small" aria-labelledby="approval">
      <h2 id="approval">Waiting for approval</h2>
      <p>
        <strong>{explainDeparting(request)}.</strong> Nothing of this answer is in the directory yet.
      </p>
      <p class="muted">
        It is rejected if no operator approves it before <BothTimes at={request.deadline} />. Until then,
        other syncs of {run.partner} are skipped. If you doubt that the list is complete, ask the partner
        first.
      </p>
      {canOperate ? <Decide run={run} request={request} /> : <p>An operator can approve or reject it.</p>}
      <h3 class="chart-title">Who would be marked as left</h3>
      <ProviderTable providers={departing.items} isOfOneRun />
      {departing.nextCursor && (
        <p>
          First {departing.items.length} of {request.departing.toLocaleString('en')} ·{' '}
          <a id="all-departing" href={`/runs/${run.id}/departing`}>
            Show all
          </a>
        </p>
      )}
    </section>
  );
}

/** The form keeps the typed text while the page around it is replaced (`hx-preserve`). */
function Decide({ run, request }: { readonly run: Run; readonly request: ApprovalRequest }) {
  const people = request.departing.toLocaleString('en');
  return (
    <form id="decide" method="post" action={`/runs/${run.id}/approve`} class="stack-small" hx-preserve="true">
      <NameField id="decide-by" />
      <div class="field">
        <label for="decide-reason">Reason (optional)</label>
        <input id="decide-reason" type="text" name="reason" maxLength={DECISION_LENGTHS.reason} />
      </div>
      <div class="actions">
        <button type="submit" id="approve" class="danger">
          Approve: mark {people} people as left
        </button>
        <button type="submit" id="reject" formaction={`/runs/${run.id}/reject`}>
          Reject: keep the directory as it is
        </button>
      </div>
    </form>
  );
}
