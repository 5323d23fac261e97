import type { RunStatus } from '../../contract/run';
import type { RunWithCalls } from '../../store/runs/read-runs';
import { awaitedApproval } from '../../store/runs/run-row';
import { AWAITING } from './status';

const VERBS: Record<RunStatus, string> = {
  running: 'is ',
  succeeded: '',
  failed: '',
  skipped: 'was ',
  cancelled: 'was ',
  abandoned: 'was ',
};

/** The text that screen readers announce when a run ends or starts to wait for an approval. */
export function newsOf(run: RunWithCalls): string {
  const { partner, status, failure } = run;
  if (awaitedApproval(run)) return `The sync of ${partner} is ${AWAITING}.`;
  const reason = status === 'failed' && failure ? `: ${failure.type}` : '';
  return `The sync of ${partner} ${VERBS[status]}${status}${reason}.`;
}
