import type { DataSource } from 'typeorm';
import type { Reader } from '../postgres/snapshot';
import type { Run } from './run-row';

/** What operators do to a run, with a description for the API. */
export const OPERATOR_ACTIONS = {
  started: 'an operator started the run',
  cancelled: 'an operator cancelled it',
  approved: 'an operator approved its snapshot',
  rejected: 'an operator rejected its snapshot',
  replayed: 'an operator replayed its answer in another run',
  dismissed: 'an operator dismissed rejected records of the run',
} as const;

/** Something that an operator did to a run. */
export interface OperatorAction {
  readonly action: keyof typeof OPERATOR_ACTIONS;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The name of the operator, or where the action was made; null if that is not known. */
  readonly by: string | null;
  readonly reason: string | null;
  /** For `replayed`: our id of the run that replayed it. */
  readonly runId: string | null;
  /** For `dismissed`: the number of records. */
  readonly records: number | null;
}

/** Who does something, and why. */
export interface Doer {
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
}

/** The cancellation and the latest other actions of a run; records can be dismissed one by one. */
const MOST = 50;

/** Records that an operator cancelled a run. */
export async function recordCancellation(
  dataSource: DataSource,
  runId: string,
  { by, reason }: Doer,
): Promise<void> {
  await dataSource.query(
    `INSERT INTO operator_actions (run_id, action, done_by, reason) VALUES ($1, 'cancelled', $2, $3)`,
    [runId, by || null, reason || null],
  );
}

/** What operators did to a run, the first action first. */
export async function readActions(reader: Reader, run: Run): Promise<OperatorAction[]> {
  const rows: (Omit<OperatorAction, 'at'> & { readonly at: Date })[] = await reader.query(
    `SELECT * FROM (
       SELECT action, at, done_by AS by, reason, NULL::uuid AS "runId", NULL::integer AS records
       FROM operator_actions WHERE run_id = $1
       UNION ALL
       SELECT 'replayed', coalesce(requested_at, started_at), started_by, NULL, id, NULL
       FROM sync_runs WHERE replay_of = $1
       UNION ALL
       SELECT 'dismissed', dismissed_at, dismissed_by, dismissed_reason, NULL, count(*)::integer
       FROM rejected_records WHERE run_id = $1 AND dismissed_at IS NOT NULL
       GROUP BY dismissed_at, dismissed_by, dismissed_reason
     ) actions ORDER BY action = 'cancelled' DESC, at DESC LIMIT ${MOST}`,
    [run.id],
  );
  const kept = rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  return [...actionsOfRow(run, kept), ...kept].sort(
    (one, other) => Date.parse(one.at) - Date.parse(other.at),
  );
}

/** The actions that the row of the run has. */
function actionsOfRow(run: Run, kept: readonly OperatorAction[]): OperatorAction[] {
  const { trigger, approval, status, finishedAt } = run;
  const actions: OperatorAction[] = [];
  const add = (
    action: OperatorAction['action'],
    at: string,
    by: string | null,
    reason: string | null = null,
  ) => actions.push({ action, at, by, reason, runId: null, records: null });
  if (trigger !== 'schedule' && trigger !== 'dev') {
    add('started', run.requestedAt ?? run.startedAt, run.startedBy);
  }
  const decision = approval?.decision;
  if (decision && decision.verdict !== 'expired') {
    add(decision.verdict, decision.at, decision.by, decision.reason);
  }
  // Cancelled in Temporal, or with version 0.1.0.
  const isKept = kept.some(({ action }) => action === 'cancelled');
  if (status === 'cancelled' && finishedAt && !isKept) add('cancelled', finishedAt, null);
  return actions;
}
