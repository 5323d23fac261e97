import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Trigger } from '../contract/names';
import { onlyPartner } from '../partner/config/choose-partner';
import { listRuns, type RunWithCalls } from '../store/runs/read-runs';
import { startSync } from '../temporal/runs/start-sync';
import { isStillRunning } from '../temporal/temporal-port';
import { askTemporal } from './ask-temporal';
import type { OperationContext } from './context';
import { findRun, unrecordedRun } from './find-run';

export interface SyncRequest {
  /** May be left out if there is only one partner. */
  readonly partner?: string | undefined;
  readonly trigger: Trigger;
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
  /** The key started a sync of another partner. */
  | { readonly outcome: 'other use' };

/** Starts a sync, unless one of the partner is running or the same request was made before. */
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
    const started = { workflowId: handle.workflowId, temporalRunId: handle.firstExecutionRunId };
    return {
      outcome: 'started',
      run: unrecordedRun({ ...started, partner, trigger, startedAt: new Date() }),
    };
  } catch (error) {
    // Another request with the same key was faster.
    const same = workflowId && error instanceof WorkflowExecutionAlreadyStartedError;
    const first = same && (await startedBefore(context, workflowId, partner));
    if (!first) throw error;
    return first;
  }
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
