import { AWAITING_APPROVAL, type Decision, type HeldSnapshot } from '../../contract/approval';
import type { PartnerCall } from '../../contract/call';
import type { Transaction } from '../postgres/transaction';
import { NO_SUBSCRIPTIONS, type Subscriptions } from '../webhooks/subscriptions';
import { messagesOfHold } from '../webhooks/write-messages';
import { insertMissingCalls } from './ledger';
import { isSpared, sparedPeople } from './spared-people';
import { type StepTiming, setTiming, timingValue } from './step-timing';

export interface HoldInput {
  readonly runId: string;
  readonly partner: string;
  readonly calls: readonly PartnerCall[];
  readonly departing: number;
  readonly listed: number;
  /** The identity keys of rejected records that are not stored yet; null if the identity cannot be read. */
  readonly rejectedKeys: readonly (string | null)[];
  /** Milliseconds until the snapshot counts as rejected. */
  readonly approveWithin: number;
  /** Of the step that saves. */
  readonly timing?: StepTiming | undefined;
  readonly subscriptions?: Subscriptions | undefined;
}

/**
 * Records that the run waits for the approval of the staged snapshot, with its calls and with the people that the
 * snapshot would mark as left.
 */
export async function holdSnapshot(
  { runner }: Transaction,
  { runId, partner, calls, departing, listed, rejectedKeys, approveWithin, timing, subscriptions }: HoldInput,
): Promise<HeldSnapshot> {
  await runner.query(
    `WITH ${sparedPeople('$1::uuid', '$3')}
     INSERT INTO pending_departures (run_id, provider_id)
     SELECT $1, known.id FROM providers known LEFT JOIN staged_providers staged USING (identity_key)
     WHERE known.partner = $2 AND known.listed
       AND (staged.departed OR staged.identity_key IS NULL AND NOT ${isSpared('known.identity_key')})`,
    [runId, partner, rejectedKeys],
  );
  const [run]: [HeldRow] = await runner.query(
    `WITH calls AS (
       ${insertMissingCalls('$1', '$2')}
     ), held AS (
     UPDATE sync_runs
     SET approval_departing = $3,
       approval_listed = $4,
       approval_requested_at = now(),
       approval_deadline = now() + $5::double precision * interval '1 millisecond',
       ${setTiming('storing', '$6')}
     WHERE id = $1
     RETURNING *
     ), ${messagesOfHold('$7', 'held')}
     SELECT ${HELD_COLUMNS} FROM held`,
    [
      ...[runId, JSON.stringify(calls), departing, listed, approveWithin, timingValue(timing)],
      subscriptions ?? NO_SUBSCRIPTIONS,
    ],
  );
  return toHeldSnapshot(run);
}

export interface HeldRow {
  readonly departing: number;
  readonly listed: number;
  readonly requestedAt: Date;
  readonly deadline: Date;
}

/** What a query selects from `sync_runs` for {@link toHeldSnapshot}. */
export const HELD_COLUMNS = `
  approval_departing AS departing, approval_listed AS listed,
  approval_requested_at AS "requestedAt", approval_deadline AS deadline`;

export function toHeldSnapshot({ departing, listed, requestedAt, deadline }: HeldRow): HeldSnapshot {
  return {
    status: AWAITING_APPROVAL,
    departing,
    listed,
    requestedAt: requestedAt.toISOString(),
    deadline: deadline.toISOString(),
  };
}

/** Records the approval of a run's snapshot, in the transaction that applies it. */
export async function recordApproval(
  { runner }: Transaction,
  runId: string,
  decision: Decision,
): Promise<void> {
  await runner.query(
    `WITH ${removeDepartures('$1')}
     UPDATE sync_runs SET ${setDecision('$2')} WHERE id = $1`,
    [runId, JSON.stringify(decision)],
  );
}

/**
 * The part of an UPDATE of `sync_runs` that records a decision.
 *
 * @param decision the parameter with the {@link Decision} as JSON, or null
 */
export function setDecision(decision: string): string {
  return `
    approval_verdict = ${decision}::jsonb ->> 'verdict',
    approval_by = ${decision}::jsonb ->> 'by',
    approval_reason = ${decision}::jsonb ->> 'reason',
    approval_decided_at = (${decision}::jsonb ->> 'at')::timestamptz`;
}

/**
 * The part of a WITH that removes the departures that a run holds, after the decision.
 *
 * @param run the parameter with our id of the run
 */
export function removeDepartures(run: string): string {
  return `departures AS (DELETE FROM pending_departures WHERE run_id = ${run})`;
}
