import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { FAILURES } from '../contract/failures';
import type { Starter } from '../contract/names';
import { onlyPartner } from '../partner/config/choose-partner';
import { listRuns, type RunWithCalls } from '../store/runs/read-runs';
import { type SyncStart, startSync } from '../temporal/runs/start-sync';
import { isStillRunning } from '../temporal/temporal-port';
import { askTemporal } from './ask-temporal';
import type { OperationContext } from './context';
import { findRun, unrecordedRun } from './find-run';

export interface SyncRequest {
  /** May be left out if there is only one partner. */
  readonly partner?: string | undefined;
  readonly trigger: Starter;
  /** The name of the person who starts it. */
  readonly startedBy?: string | undefined;
  /** The id of the HTTP request, for the workflow's memo. */
  readonly requestId: string;
  /** Requests with the same key start one sync. */
  readonly idempotencyKey?: string | undefined;
}

/** The result of a request to start a sync. */
export type SyncRequested = { readonly outcome: 'started'; readonly run: RunWithCalls } | SyncNotStarted;

export type SyncNotStarted =
  | { readonly outcome: 'busy'; readonly runId: string }
  | { readonly outcome: 'unknown partner' | 'no partner named'; readonly known: readonly string[] }
  /** The answer of the run to replay cannot be used. */
  | { readonly outcome: 'no answer'; readonly reason: string }
  /** The key started a sync of another partner. */
  | { readonly outcome: 'other use' };

/** Starts a sync, unless one of the partner is running or the same request was made before. */
export async function requestSync(context: OperationContext, request: SyncRequest): Promise<SyncRequested> {
  const { partners } = context;
  const { partner = onlyPartner(partners), trigger, startedBy, requestId, idempotencyKey } = request;
  const known = [...partners.keys()];
  if (partner === undefined) return { outcome: 'no partner named', known };
  if (!partners.has(partner)) return { outcome: 'unknown partner', known };
  const workflowId = idempotencyKey === undefined ? undefined : workflowIdFor(idempotencyKey);
  const before = workflowId && (await startedBefore(context, workflowId, partner));
  if (before) return before;
  const busy = await findHolder(context, partner, workflowId);
  if (busy) return busy;

  try {
    return await start(context, { partner, trigger, startedBy, workflowId, requestId });
  } catch (error) {
    // Another request with the same key was faster.
    const same = workflowId && error instanceof WorkflowExecutionAlreadyStartedError;
    const first = same && (await startedBefore(context, workflowId, partner));
    if (!first) throw error;
    return first;
  }
}

/** The run that holds the partner, unless it has this workflow id. */
export async function findHolder(
  { client, dataSource }: OperationContext,
  partner: string,
  workflowId?: string,
) {
  const { items } = await listRuns(dataSource, { partner, status: 'running', limit: 1 });
  const [holder] = items;
  if (!holder || holder.workflowId === workflowId) return null;
  const isHeld = await isStillRunning(client, holder.workflowId);
  return isHeld ? ({ outcome: 'busy', runId: holder.id } as const) : null;
}

/** Starts a run in Temporal. */
export async function start(
  { client, starter = client, temporal }: OperationContext,
  sync: SyncStart,
): Promise<SyncRequested> {
  const handle = await askTemporal(starter, () => startSync(starter, temporal.taskQueue, sync));
  const { partner, replay, startedBy } = sync;
  const trigger = replay === undefined ? sync.trigger : 'replay';
  const ids = { workflowId: handle.workflowId, temporalRunId: handle.firstExecutionRunId };
  return {
    outcome: 'started',
    run: unrecordedRun({ ...ids, partner, trigger, startedBy, startedAt: new Date() }),
  };
}

/** Why a sync was not started, and what to do about it. */
export function explainNotStarted(notStarted: SyncNotStarted): string {
  switch (notStarted.outcome) {
    case 'busy':
      return 'A sync of this partner is already running. Wait for it to finish, or cancel it.';
    case 'unknown partner':
      return `There is no partner with this name in partners.yaml. It has: ${notStarted.known.join(', ')}.`;
    case 'no partner named':
      return `There are several partners in partners.yaml. Name one of them: ${notStarted.known.join(', ')}.`;
    case 'no answer':
      return `${notStarted.reason} ${FAILURES.AnswerUnavailable.advice}`;
    case 'other use':
      return 'This Idempotency-Key started a sync of another partner; use a new one.';
  }
}

function workflowIdFor(idempotencyKey: string): string {
  return `sync-${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 32)}`;
}

/** Looks in our tables too: Temporal deletes a workflow after the retention period. */
async function startedBefore(
  context: OperationContext,
  workflowId: string,
  partner: string,
): Promise<SyncRequested | null> {
  const run = await findRun(context, workflowId);
  if (!run) return null;
  return run.partner === partner ? { outcome: 'started', run } : { outcome: 'other use' };
}
