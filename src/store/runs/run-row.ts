import type { ApprovalRequest, Decision } from '../../contract/approval';
import type { Trigger } from '../../contract/names';
import { explainRemark, type Remark } from '../../contract/remarks';
import type { FetchProgress, RunFailure, RunHolder, RunStatus, SyncCounts } from '../../contract/run';
import type { SyncRunEntity } from '../schema/entities/sync-run';
import { IS_REPEAT } from './ledger';

/** A remark, and in words. */
export type ExplainedRemark = Remark & { readonly message: string };

/** A run as the API shows it; times in ISO 8601, UTC. */
export interface Run extends SyncCounts {
  readonly id: string;
  readonly partner: string;
  readonly trigger: Trigger;
  readonly status: RunStatus;
  readonly workflowId: string;
  /** Temporal's run ID, under the name that it has in the API. */
  readonly runId: string;
  /** When Temporal received the start; null for a run of version 0.1.0, and for one that began with a reset. */
  readonly requestedAt: string | null;
  /** Who started the run; null if that is not known. */
  readonly startedBy: string | null;
  /** The version of the worker that recorded the run; null for a run of version 0.1.0. */
  readonly workerVersion: string | null;
  /** SHA-256, in hex, of what partners.yaml then said about reading the answer; null as above. */
  readonly mappingHash: string | null;
  /** The trace of the run, in hex; null if it was not recorded. */
  readonly traceId: string | null;
  /** When a worker recorded the run. */
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Calls beyond the first one to an endpoint, or for a page. */
  readonly repeats: number;
  /** The partner's names of the fields of the answer; null if the run stored nothing. */
  readonly fields: readonly string[] | null;
  readonly unknownFields: readonly string[];
  readonly vanishedFields: readonly string[];
  readonly remarks: readonly ExplainedRemark[];
  readonly failure: RunFailure | null;
  /** Null if the run needed no approval. */
  readonly approval: RunApproval | null;
  /** For a skipped run: the run that held the partner. */
  readonly holderId: string | null;
  /** The run whose answer this run stored again; null if it called the partner. */
  readonly replayOf: string | null;
  /** SHA-256 of the partner's answer, in hex; null if no copy was kept. */
  readonly answerSha256: string | null;
  /** When the copy of the answer is removed. Until then the run can be replayed. Null if there is none. */
  readonly answerKeptUntil: string | null;
  /** When the calls were removed because of their age; null if they are there. */
  readonly callsRemovedAt: string | null;
  /** The pages that have arrived so far; null if the run has ended, or has no page yet that waits for the others. */
  readonly progress: FetchProgress | null;
}

/** What an operator had to approve, and the decision. */
export interface RunApproval extends ApprovalRequest {
  /** Null while the run waits, and if it ended before a decision. */
  readonly decision: Decision | null;
}

/** The approval that a run waits for; null for every other run. */
export function awaitedApproval({ status, approval }: Pick<Run, 'status' | 'approval'>): RunApproval | null {
  return status === 'running' && approval !== null && approval.decision === null ? approval : null;
}

/** Milliseconds from the start of a run to its end; null if it is still running or was skipped. */
export function durationOf({
  status,
  startedAt,
  finishedAt,
}: Pick<Run, 'status' | 'startedAt' | 'finishedAt'>): number | null {
  if (finishedAt === null || status === 'skipped') return null;
  return Date.parse(finishedAt) - Date.parse(startedAt);
}

/** What a query selects from `sync_runs` for a {@link RunHolder}. */
export const HOLDER_COLUMNS = `id, workflow_id AS "workflowId", run_id AS "runId"`;

/** What a query selects from `sync_runs` for the {@link SyncCounts} of a run. */
export const COUNTS_OBJECT = `
  json_build_object(
    'received', received, 'inserted', inserted, 'updated', updated, 'unchanged', unchanged,
    'duplicates', duplicates, 'rejected', rejected, 'departed', departed)`;

/** A row of {@link RUN_COLUMNS}. */
export type RunRow = Omit<SyncRunEntity, 'feed' | 'holder'> & Pick<Run, 'progress' | 'repeats'>;

/** What a query selects from `sync_runs` for {@link toRun}. */
export const RUN_COLUMNS = `
  sync_runs.id, sync_runs.partner, trigger, status, workflow_id AS "workflowId", run_id AS "temporalRunId",
  requested_at AS "requestedAt", started_by AS "startedBy",
  worker_version AS "workerVersion", mapping_hash AS "mappingHash", trace_id AS "traceId",
  claim_scheduled_at AS "claimScheduledAt", claim_attempts AS "claimAttempts",
  started_at AS "startedAt", storing_scheduled_at AS "storingScheduledAt", storing_attempts AS "storingAttempts",
  closing_scheduled_at AS "closingScheduledAt", closing_attempts AS "closingAttempts", finished_at AS "finishedAt",
  received, inserted, updated, unchanged, duplicates, rejected, departed,
  fields, unknown_fields AS "unknownFields", vanished_fields AS "vanishedFields", remarks,
  failure_type AS "failureType", failure_message AS "failureMessage",
  approval_departing AS "approvalDeparting", approval_listed AS "approvalListed",
  approval_requested_at AS "approvalRequestedAt", approval_deadline AS "approvalDeadline",
  approval_verdict AS "approvalVerdict", approval_by AS "approvalBy", approval_reason AS "approvalReason",
  approval_decided_at AS "approvalDecidedAt", holder_id AS "holderId",
  replay_of AS "replayOf", answer_sha256 AS "answerSha256", answer_kept_until AS "answerKeptUntil",
  calls_removed_at AS "callsRemovedAt",
  (SELECT count(*)::integer FROM partner_calls WHERE run_id = sync_runs.id AND ${IS_REPEAT}) AS repeats,
  CASE WHEN status = 'running' THEN (
    SELECT json_build_object('pages', page, 'records', records_so_far, 'total', latest_total)
    FROM staged_pages WHERE staged_pages.run_id = sync_runs.id ORDER BY page DESC LIMIT 1
  ) END AS progress`;

export function toRun(row: RunRow): Run {
  return {
    id: row.id,
    partner: row.partner,
    trigger: row.trigger,
    status: row.status,
    workflowId: row.workflowId,
    runId: row.temporalRunId,
    requestedAt: row.requestedAt?.toISOString() ?? null,
    startedBy: row.startedBy,
    workerVersion: row.workerVersion,
    mappingHash: row.mappingHash?.toString('hex') ?? null,
    traceId: row.traceId,
    startedAt: row.startedAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
    repeats: row.repeats,
    received: row.received,
    inserted: row.inserted,
    updated: row.updated,
    unchanged: row.unchanged,
    duplicates: row.duplicates,
    rejected: row.rejected,
    departed: row.departed,
    fields: row.fields,
    unknownFields: row.unknownFields,
    vanishedFields: row.vanishedFields,
    remarks: row.remarks.map((remark) => ({ ...remark, message: explainRemark(remark, row) })),
    failure: row.failureType && { type: row.failureType, message: row.failureMessage ?? '' },
    approval: toApproval(row),
    holderId: row.holderId,
    replayOf: row.replayOf,
    answerSha256: row.answerSha256?.toString('hex') ?? null,
    answerKeptUntil: row.answerKeptUntil?.toISOString() ?? null,
    callsRemovedAt: row.callsRemovedAt?.toISOString() ?? null,
    progress: row.progress,
  };
}

function toApproval(row: RunRow): RunApproval | null {
  if (!row.approvalRequestedAt || !row.approvalDeadline) return null;
  return {
    departing: row.approvalDeparting ?? 0,
    listed: row.approvalListed ?? 0,
    requestedAt: row.approvalRequestedAt.toISOString(),
    deadline: row.approvalDeadline.toISOString(),
    decision: toDecision(row),
  };
}

function toDecision({ approvalVerdict, approvalDecidedAt, ...row }: RunRow): Decision | null {
  if (!approvalVerdict || !approvalDecidedAt) return null;
  return {
    verdict: approvalVerdict,
    by: row.approvalBy,
    reason: row.approvalReason,
    at: approvalDecidedAt.toISOString(),
  };
}
