import { type DataSource, In, type Repository } from 'typeorm';
import { z } from 'zod';
import type { ApprovalRequest, Decision } from '../../contract/approval';
import type { PartnerCall } from '../../contract/call';
import type { FailureType } from '../../contract/failures';
import type { Trigger } from '../../contract/names';
import { explainRemark, type Remark } from '../../contract/remarks';
import type { RunFailure, RunHolder, RunStatus, SyncCounts } from '../../contract/run';
import { isId } from '../lists/conditions';
import { decodeCursor, type Page, toPage } from '../lists/cursor';
import { STREAM_PAGE, streamPages } from '../lists/stream-pages';
import type { Reader } from '../postgres/snapshot';
import { isStorable, storableTime } from '../postgres/storable-text';
import { PartnerCallEntity } from '../schema/entities/partner-call';
import { SyncRunEntity } from '../schema/entities/sync-run';

/** A remark, and in words. */
export type ExplainedRemark = Remark & { readonly message: string };

/** A run as the API shows it; times in ISO 8601, UTC. */
export interface Run extends SyncCounts {
  readonly id: string;
  readonly partner: string;
  readonly trigger: Trigger;
  readonly status: RunStatus;
  readonly workflowId: string;
  /** Temporal's run ID. */
  readonly runId: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly unknownFields: readonly string[];
  readonly vanishedFields: readonly string[];
  readonly remarks: readonly ExplainedRemark[];
  readonly failure: RunFailure | null;
  /** Null where the run needed no approval. */
  readonly approval: RunApproval | null;
  /** For a skipped run: the run that held the partner. */
  readonly holderId: string | null;
}

/** What an operator had to approve, and how that was decided. */
export interface RunApproval extends ApprovalRequest {
  /** Null while the run waits, and where it ended before a decision. */
  readonly decision: Decision | null;
}

/** What a run that waits for an approval asks for; null for every other run. */
export function awaitedApproval({ status, approval }: Pick<Run, 'status' | 'approval'>): RunApproval | null {
  return status === 'running' && approval !== null && approval.decision === null ? approval : null;
}

export interface RunWithCalls extends Run {
  /** For a skipped run: the run that held the partner. */
  readonly holder: RunHolder | null;
  /** In the order in which they were made. */
  readonly calls: readonly PartnerCall[];
}

export interface RunFilter {
  readonly partner?: string | undefined;
  /** One status, or any of several. */
  readonly status?: RunStatus | readonly RunStatus[] | undefined;
  readonly trigger?: Trigger | undefined;
  readonly failureType?: FailureType | undefined;
  /** From this moment on. */
  readonly startedAfter?: Date | undefined;
  /** Before this moment. */
  readonly startedBefore?: Date | undefined;
}

export interface RunQuery extends RunFilter {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const cursorSchema = z.tuple([storableTime, z.guid()]);

/** Runs, the latest first. */
export async function listRuns(
  dataSource: Reader,
  { partner, status, trigger, failureType, startedAfter, startedBefore, limit, cursor }: RunQuery,
): Promise<Page<Run>> {
  const query = dataSource
    .getRepository(SyncRunEntity)
    .createQueryBuilder('run')
    .orderBy({ 'run.startedAt': 'DESC', 'run.id': 'DESC' })
    .limit(limit + 1);
  if (partner !== undefined) {
    query.andWhere(isStorable(partner) ? 'run.partner = :partner' : 'false', { partner });
  }
  if (status !== undefined) query.andWhere({ status: In([status].flat()) });
  if (trigger !== undefined) query.andWhere({ trigger });
  if (failureType !== undefined) query.andWhere({ failureType });
  if (startedAfter !== undefined) query.andWhere('run.startedAt >= :startedAfter', { startedAfter });
  if (startedBefore !== undefined) query.andWhere('run.startedAt < :startedBefore', { startedBefore });
  if (cursor !== undefined) {
    const [startedAt, id] = decodeCursor(cursorSchema, cursor);
    query.andWhere('(run.startedAt, run.id) < (:startedAt, :id)', { startedAt, id });
  }
  return toPage(await query.getMany(), limit, toRun, (run) => [run.startedAt.toISOString(), run.id]);
}

/** The same as {@link listRuns}, all of them as they are now, one by one; {@link streamPages}. */
export function streamRuns(
  dataSource: DataSource,
  filter: RunFilter,
  signal?: AbortSignal,
): AsyncIterable<Run> {
  return streamPages(
    dataSource,
    (reader, cursor) => listRuns(reader, { ...filter, limit: STREAM_PAGE, cursor }),
    signal,
  );
}

/** A partner's last runs, the latest first. */
export async function listRecentRuns(
  dataSource: DataSource,
  { partner, count }: { partner: string; count: number },
): Promise<Run[]> {
  return (await listRuns(dataSource, { partner, limit: count })).items;
}

/** One run, by our id, Temporal's run ID or its workflow ID (then the latest of that name); null where there is none. */
export async function getRun(dataSource: DataSource, id: string): Promise<RunWithCalls | null> {
  const runs = dataSource.getRepository(SyncRunEntity);
  const run = await findRun(runs, id);
  if (!run) return null;
  const calls = await dataSource
    .getRepository(PartnerCallEntity)
    .find({ where: { runId: run.id }, order: { startedAt: 'ASC', endpoint: 'ASC', attempt: 'ASC' } });
  const holder = run.holderId === null ? null : await runs.findOneBy({ id: run.holderId });
  return {
    ...toRun(run),
    holder: holder ? { id: holder.id, workflowId: holder.workflowId, runId: holder.runId } : null,
    calls: calls.map(toCall),
  };
}

async function findRun(runs: Repository<SyncRunEntity>, id: string): Promise<SyncRunEntity | null> {
  if (!isStorable(id)) return null;
  return (
    (isId(id) ? await runs.findOneBy({ id }) : null) ??
    (await runs.findOneBy({ runId: id })) ??
    (await runs.findOne({ where: { workflowId: id }, order: { startedAt: 'DESC' } }))
  );
}

/** A row as the API shows it. */
export function toRun(run: SyncRunEntity): Run {
  return {
    id: run.id,
    partner: run.partner,
    trigger: run.trigger,
    status: run.status,
    workflowId: run.workflowId,
    runId: run.runId,
    startedAt: run.startedAt.toISOString(),
    finishedAt: run.finishedAt?.toISOString() ?? null,
    received: run.received,
    inserted: run.inserted,
    updated: run.updated,
    unchanged: run.unchanged,
    duplicates: run.duplicates,
    rejected: run.rejected,
    departed: run.departed,
    unknownFields: run.unknownFields,
    vanishedFields: run.vanishedFields,
    remarks: run.remarks.map((remark) => ({ ...remark, message: explainRemark(remark, run) })),
    failure: run.failureType && { type: run.failureType, message: run.failureMessage ?? '' },
    approval: toApproval(run),
    holderId: run.holderId,
  };
}

function toApproval(run: SyncRunEntity): RunApproval | null {
  const { approvalRequestedAt, approvalDeadline, approvalVerdict, approvalDecidedAt } = run;
  if (!approvalRequestedAt || !approvalDeadline) return null;
  return {
    departing: run.approvalDeparting ?? 0,
    listed: run.approvalListed ?? 0,
    requestedAt: approvalRequestedAt.toISOString(),
    deadline: approvalDeadline.toISOString(),
    decision:
      approvalVerdict && approvalDecidedAt
        ? {
            verdict: approvalVerdict,
            by: run.approvalBy,
            reason: run.approvalReason,
            at: approvalDecidedAt.toISOString(),
          }
        : null,
  };
}

function toCall(call: PartnerCallEntity): PartnerCall {
  return {
    endpoint: call.endpoint,
    attempt: call.attempt,
    startedAt: call.startedAt.toISOString(),
    tookMs: call.tookMs,
    httpStatus: call.httpStatus,
    bytes: call.bytes,
    outcome: call.outcome,
    detail: call.detail,
  };
}
