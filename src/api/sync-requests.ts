import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { z } from 'zod';
import { PARTNER_MEMO, TRIGGER_MEMO, TRIGGERS, type Trigger, WORKFLOW_TYPE } from '../contract/names';
import { getRun, listRuns, type RunWithCalls } from '../store/read-runs';
import { startSync } from '../temporal/start-sync';
import type { ApiContext } from './context';

export interface SyncRequest {
  readonly partner: string;
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
  | { readonly outcome: 'unknown partner'; readonly known: readonly string[] }
  | { readonly outcome: 'other use' };

/** Starts a sync, unless one of the partner goes on or the same request has been made before. */
export async function requestSync(context: ApiContext, request: SyncRequest): Promise<SyncRequested> {
  const { client, temporal, partners, dataSource } = context;
  const { partner, trigger, requestId, idempotencyKey } = request;
  if (!partners.has(partner)) return { outcome: 'unknown partner', known: [...partners.keys()] };
  const workflowId = idempotencyKey === undefined ? undefined : workflowIdFor(idempotencyKey);
  const before = workflowId && (await startedBefore(context, workflowId, partner));
  if (before) return before;

  const { items } = await listRuns(dataSource, { partner, status: 'running', limit: 1 });
  const holder = items[0];
  if (holder && (await isRunning(context, holder.workflowId))) return { outcome: 'busy', runId: holder.id };

  try {
    const handle = await startSync(client, temporal.taskQueue, { partner, trigger, workflowId, requestId });
    const runId = handle.firstExecutionRunId;
    return {
      outcome: 'started',
      run: pendingRun({ runId, workflowId: handle.workflowId, partner, trigger, startedAt: new Date() }),
    };
  } catch (error) {
    // The same request came in twice at once.
    const same = workflowId && error instanceof WorkflowExecutionAlreadyStartedError;
    const first = same && (await startedBefore(context, workflowId, partner));
    if (!first) throw error;
    return first;
  }
}

/** A run by its id, Temporal's run ID or its workflow ID, also before a worker has taken it up; null for none. */
export async function findRun(context: ApiContext, id: string): Promise<RunWithCalls | null> {
  return (await getRun(context.dataSource, id)) ?? (await findPendingRun(context, id));
}

/** @returns whether there was something to cancel */
export async function cancelSync(context: ApiContext, run: RunWithCalls): Promise<boolean> {
  if (run.status !== 'running' || !(await isRunning(context, run.workflowId))) return false;
  await context.client.workflow.getHandle(run.workflowId).cancel();
  return true;
}

function workflowIdFor(idempotencyKey: string): string {
  return `sync-${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32)}`;
}

async function startedBefore(
  context: ApiContext,
  workflowId: string,
  partner: string,
): Promise<SyncRequested | null> {
  const known = await describe(context, workflowId);
  if (!known) return null;
  if (known.partner !== partner) return { outcome: 'other use' };
  return { outcome: 'started', run: (await getRun(context.dataSource, known.runId)) ?? pendingRun(known) };
}

async function findPendingRun(context: ApiContext, id: string): Promise<RunWithCalls | null> {
  const known = z.uuid().safeParse(id).success ? await findByRunId(context, id) : await describe(context, id);
  return known?.isRunning ? pendingRun(known) : null;
}

interface KnownWorkflow {
  readonly workflowId: string;
  readonly runId: string;
  readonly partner: string;
  readonly trigger: Trigger;
  readonly startedAt: Date;
  readonly isRunning: boolean;
}

type Description = {
  readonly type: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly startTime: Date;
  readonly status: { readonly name: string };
  readonly memo?: Record<string, unknown> | undefined;
};

async function describe({ client }: ApiContext, workflowId: string): Promise<KnownWorkflow | null> {
  try {
    return toKnown(await client.workflow.getHandle(workflowId).describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

async function findByRunId({ client }: ApiContext, runId: string): Promise<KnownWorkflow | null> {
  for await (const description of client.workflow.list({ query: `RunId = '${runId}'`, pageSize: 1 })) {
    return toKnown(description);
  }
  return null;
}

function toKnown({ type, workflowId, runId, startTime, status, memo }: Description): KnownWorkflow | null {
  const partner = memo?.[PARTNER_MEMO];
  if (type !== WORKFLOW_TYPE || typeof partner !== 'string') return null;
  const trigger = TRIGGERS.find((name) => name === memo?.[TRIGGER_MEMO]) ?? 'temporal';
  return { workflowId, runId, partner, trigger, startedAt: startTime, isRunning: status.name === 'RUNNING' };
}

async function isRunning({ client }: ApiContext, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** A run that Temporal has and no worker has opened yet, as it will be once one has. */
function pendingRun(known: Omit<KnownWorkflow, 'isRunning'>): RunWithCalls {
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
    failure: null,
    holderId: null,
    holder: null,
    calls: [],
  };
}
