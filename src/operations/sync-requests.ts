import { createHash } from 'node:crypto';
import {
  isGrpcServiceError,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { z } from 'zod';
import { PARTNER_MEMO, TRIGGER_MEMO, TRIGGERS, type Trigger, WORKFLOW_TYPE } from '../contract/names';
import { onlyPartner } from '../partner/config/only-partner';
import { getRun, listRuns, type RunWithCalls } from '../store/runs/read-runs';
import { startSync } from '../temporal/runs/start-sync';
import { syncOutcome } from '../temporal/runs/watch-sync';
import { isStillRunning } from '../temporal/temporal-port';
import { askTemporal } from './ask-temporal';
import type { OperationContext } from './context';

/** gRPC's status code. */
const INVALID_ARGUMENT = 3;

export interface SyncRequest {
  /** The only one, where it is left out. */
  readonly partner?: string | undefined;
  readonly trigger: Trigger;
  /** The id of the HTTP request, for the workflow's memo. */
  readonly requestId: string;
  /** Two requests with the same key start one sync. */
  readonly idempotencyKey?: string | undefined;
}

/** What became of a request to start a sync. */
export type SyncRequested =
  | { readonly outcome: 'started'; readonly run: RunWithCalls }
  | { readonly outcome: 'busy'; readonly runId: string }
  | { readonly outcome: 'unknown partner' | 'no partner named'; readonly known: readonly string[] }
  | { readonly outcome: 'other use' };

/** Starts a sync, unless one of the partner goes on or the same request has been made before. */
export async function requestSync(context: OperationContext, request: SyncRequest): Promise<SyncRequested> {
  const { client, temporal, partners, dataSource } = context;
  const { partner = onlyPartner(partners), trigger, requestId, idempotencyKey } = request;
  const known = [...partners.keys()];
  if (partner === undefined) return { outcome: 'no partner named', known };
  if (!partners.has(partner)) return { outcome: 'unknown partner', known };
  const workflowId = idempotencyKey === undefined ? undefined : workflowIdFor(idempotencyKey);
  const before = workflowId && (await startedBefore(context, workflowId, partner));
  if (before) return before;

  const { items } = await listRuns(dataSource, { partner, status: 'running', limit: 1 });
  const holder = items[0];
  const isOther = holder && holder.workflowId !== workflowId;
  if (isOther && (await isStillRunning(client, holder.workflowId))) {
    return { outcome: 'busy', runId: holder.id };
  }

  try {
    const start = { partner, trigger, workflowId, requestId };
    const handle = await askTemporal(client, () => startSync(client, temporal.taskQueue, start));
    const started = { workflowId: handle.workflowId, runId: handle.firstExecutionRunId };
    return { outcome: 'started', run: runUntold({ ...started, partner, trigger, startedAt: new Date() }) };
  } catch (error) {
    // The same request came in twice at once.
    const same = workflowId && error instanceof WorkflowExecutionAlreadyStartedError;
    const first = same && (await startedBefore(context, workflowId, partner));
    if (!first) throw error;
    return first;
  }
}

/**
 * A run by its id, Temporal's run ID or its workflow ID; null for none. Before a worker has taken it up, and
 * where it ended before that, Temporal alone knows it, by its workflow ID at once and by its run ID soon.
 */
export async function findRun(context: OperationContext, id: string): Promise<RunWithCalls | null> {
  return (await getRun(context.dataSource, id)) ?? (await findUnrecorded(context, id));
}

/** @returns whether there was something to cancel */
export async function cancelSync({ client }: OperationContext, run: RunWithCalls): Promise<boolean> {
  if (run.status !== 'running') return false;
  try {
    await askTemporal(client, () => client.workflow.getHandle(run.workflowId).cancel());
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

function workflowIdFor(idempotencyKey: string): string {
  return `sync-${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32)}`;
}

/** Temporal forgets a workflow when its retention is over; the ledger does not. */
async function startedBefore(
  context: OperationContext,
  workflowId: string,
  partner: string,
): Promise<SyncRequested | null> {
  const run = await findRun(context, workflowId);
  if (!run) return null;
  return run.partner === partner ? { outcome: 'started', run } : { outcome: 'other use' };
}

async function findUnrecorded(context: OperationContext, id: string): Promise<RunWithCalls | null> {
  const known = z.uuid().safeParse(id).success ? await findByRunId(context, id) : await describe(context, id);
  return known && runUnrecorded(context, known);
}

interface KnownWorkflow {
  readonly workflowId: string;
  readonly runId: string;
  readonly partner: string;
  readonly trigger: Trigger;
  readonly startedAt: Date;
  /** Null while it goes on. */
  readonly closedAt: Date | null;
}

type Description = Pick<
  WorkflowExecutionDescription,
  'type' | 'workflowId' | 'runId' | 'startTime' | 'closeTime' | 'memo'
>;

async function describe({ client }: OperationContext, workflowId: string): Promise<KnownWorkflow | null> {
  try {
    return toKnown(await askTemporal(client, () => client.workflow.getHandle(workflowId).describe()));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isInvalid(error)) return null;
    throw error;
  }
}

/** What no workflow can be called, such as a name that is too long in bytes, Temporal refuses to look for. */
function isInvalid(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && cause.code === INVALID_ARGUMENT;
}

async function findByRunId({ client }: OperationContext, runId: string): Promise<KnownWorkflow | null> {
  return askTemporal(client, async () => {
    for await (const found of client.workflow.list({ query: `RunId = '${runId}'`, pageSize: 1 })) {
      return toKnown(found);
    }
    return null;
  });
}

function toKnown({ type, memo, startTime, closeTime, ...ids }: Description): KnownWorkflow | null {
  const partner = memo?.[PARTNER_MEMO];
  if (type !== WORKFLOW_TYPE || typeof partner !== 'string') return null;
  const trigger = TRIGGERS.find((name) => name === memo?.[TRIGGER_MEMO]) ?? 'temporal';
  const { workflowId, runId } = ids;
  return { workflowId, runId, partner, trigger, startedAt: startTime, closedAt: closeTime ?? null };
}

/** A run that no worker has recorded: it waits for one, or was cancelled or turned away before. */
async function runUnrecorded({ client }: OperationContext, known: KnownWorkflow): Promise<RunWithCalls> {
  const run = runUntold(known);
  if (known.closedAt === null) return run;
  const handle = client.workflow.getHandle(known.workflowId, known.runId);
  const outcome = await askTemporal(client, () => syncOutcome(handle));
  return { ...run, ...outcome, finishedAt: known.closedAt.toISOString() };
}

/** A run of which nothing is known but that Temporal has it. */
function runUntold(known: Omit<KnownWorkflow, 'closedAt'>): RunWithCalls {
  return {
    id: known.runId,
    partner: known.partner,
    trigger: known.trigger,
    status: 'running',
    workflowId: known.workflowId,
    runId: known.runId,
    startedAt: known.startedAt.toISOString(),
    finishedAt: null,
    received: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    duplicates: 0,
    rejected: 0,
    departed: 0,
    unknownFields: [],
    vanishedFields: [],
    remarks: [],
    failure: null,
    approval: null,
    holderId: null,
    holder: null,
    calls: [],
  };
}
