import type { DataSource } from 'typeorm';
import { z } from 'zod';
import type { Trigger } from '../contract/names';
import type { PartnerCall, RunFailure, RunStatus, SyncCounts } from '../contract/sync';
import { decodeCursor, type Page, toPage } from './cursor';
import { PartnerCallEntity } from './entities/partner-call';
import { SyncRunEntity } from './entities/sync-run';

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
  readonly failure: RunFailure | null;
  /** For a skipped run: the run that held the partner. */
  readonly holderId: string | null;
}

export interface RunWithCalls extends Run {
  /** In the order in which they were made. */
  readonly calls: readonly PartnerCall[];
}

export interface RunQuery {
  readonly partner?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const cursorSchema = z.tuple([z.iso.datetime(), z.uuid()]);

/** Runs, the latest first. */
export async function listRuns(
  dataSource: DataSource,
  { partner, status, limit, cursor }: RunQuery,
): Promise<Page<Run>> {
  const query = dataSource
    .getRepository(SyncRunEntity)
    .createQueryBuilder('run')
    .orderBy({ 'run.startedAt': 'DESC', 'run.id': 'DESC' })
    .limit(limit + 1);
  if (partner !== undefined) query.andWhere('run.partner = :partner', { partner });
  if (status !== undefined) query.andWhere('run.status = :status', { status });
  if (cursor !== undefined) {
    const [startedAt, id] = decodeCursor(cursorSchema, cursor);
    query.andWhere('(run.startedAt, run.id) < (:startedAt, :id)', { startedAt, id });
  }
  return toPage(await query.getMany(), limit, toRun, (run) => [run.startedAt.toISOString(), run.id]);
}

/** One run, by our id or by its workflow ID (then the latest of that name); null where there is none. */
export async function getRun(dataSource: DataSource, id: string): Promise<RunWithCalls | null> {
  const runs = dataSource.getRepository(SyncRunEntity);
  const run =
    (z.uuid().safeParse(id).success ? await runs.findOneBy({ id }) : null) ??
    (await runs.findOne({ where: { workflowId: id }, order: { startedAt: 'DESC' } }));
  if (!run) return null;
  const calls = await dataSource
    .getRepository(PartnerCallEntity)
    .find({ where: { runId: run.id }, order: { startedAt: 'ASC', endpoint: 'ASC', attempt: 'ASC' } });
  return { ...toRun(run), calls: calls.map(toCall) };
}

function toRun(run: SyncRunEntity): Run {
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
    failure: run.failureType && { type: run.failureType, message: run.failureMessage ?? '' },
    holderId: run.holderId,
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
