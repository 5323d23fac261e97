import { ServiceError, type WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { z } from 'zod';
import {
  PARTNER_MEMO,
  STARTED_BY_MEMO,
  STARTERS,
  TRIGGER_MEMO,
  type Trigger,
  WORKFLOW_TYPE,
} from '../contract/names';
import type { SyncCounts } from '../contract/run';
import { getRun, type RunWithCalls } from '../store/runs/read-runs';
import { hasGrpcStatus } from '../temporal/connection/grpc-status';
import { continuedFrom } from '../temporal/runs/continued-from';
import { syncOutcome } from '../temporal/runs/watch-sync';
import { askTemporal } from './ask-temporal';
import type { OperationContext } from './context';

type FindContext = Pick<OperationContext, 'client' | 'dataSource'>;

const NO_COUNTS: SyncCounts = {
  received: 0,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  duplicates: 0,
  rejected: 0,
  departed: 0,
};

/** A long run continues as a new Temporal run some 680 pages later; no list has this many pages. */
const MOST_CONTINUED = 1_000;

/**
 * Finds a run by its id, any of Temporal's run IDs of it, or its workflow ID. A run that no worker has recorded is known
 * to Temporal only: by its workflow ID at once, and by its run ID a moment later.
 *
 * @returns null if there is none
 */
export async function findRun(context: FindContext, id: string): Promise<RunWithCalls | null> {
  return (await getRun(context.dataSource, id)) ?? (await findUnrecorded(context, id));
}

/** A run that no worker has recorded yet; only Temporal knows it. */
export function unrecordedRun(known: Omit<KnownWorkflow, 'closedAt'>): RunWithCalls {
  return {
    id: known.temporalRunId,
    partner: known.partner,
    trigger: known.trigger,
    status: 'running',
    workflowId: known.workflowId,
    runId: known.temporalRunId,
    requestedAt: known.startedAt.toISOString(),
    startedBy: known.startedBy ?? null,
    workerVersion: null,
    mappingHash: null,
    traceId: null,
    startedAt: known.startedAt.toISOString(),
    finishedAt: null,
    repeats: 0,
    ...NO_COUNTS,
    fields: null,
    unknownFields: [],
    vanishedFields: [],
    remarks: [],
    failure: null,
    approval: null,
    holderId: null,
    replayOf: null,
    answerSha256: null,
    answerKeptUntil: null,
    callsRemovedAt: null,
    progress: null,
    holder: null,
    calls: [],
    callCounts: { total: 0, tookMs: 0, outcomes: [] },
    parts: [],
    actions: [],
  };
}

/** A workflow as Temporal knows it. */
interface KnownWorkflow {
  readonly workflowId: string;
  /** Temporal's run ID. */
  readonly temporalRunId: string;
  readonly partner: string;
  readonly trigger: Trigger;
  readonly startedBy?: string | undefined;
  readonly startedAt: Date;
  /** Null while it is running. */
  readonly closedAt: Date | null;
}

/** The run as far as Temporal knows it, for a reader that cannot reach Postgres; null if there is none. */
export async function findInTemporal(
  context: Pick<FindContext, 'client'>,
  id: string,
): Promise<RunWithCalls | null> {
  const known = await findKnown(context, id);
  return known && withOutcome(context, known);
}

function findKnown(context: Pick<FindContext, 'client'>, id: string): Promise<KnownWorkflow | null> {
  return z.uuid().safeParse(id).success ? findByTemporalRunId(context, id) : describe(context, id);
}

async function findUnrecorded(context: FindContext, id: string): Promise<RunWithCalls | null> {
  const known = await findKnown(context, id);
  if (!known) return null;
  return (await findContinued(context, known)) ?? (await withOutcome(context, known));
}

/** The recorded run of which this is a Temporal run. The table has the first and the last one of each run. */
async function findContinued(
  { client, dataSource }: FindContext,
  known: KnownWorkflow,
): Promise<RunWithCalls | null> {
  const { workflowId } = known;
  let { temporalRunId } = known;
  for (let count = 0; count < MOST_CONTINUED; count += 1) {
    const before = await askTemporal(client, () => continuedFrom(client, { workflowId, temporalRunId }));
    if (before === null) return null;
    const run = await getRun(dataSource, before);
    if (run) return run;
    temporalRunId = before;
  }
  return null;
}

/** Adds the outcome of a run that ended unrecorded: it was cancelled or refused before a worker recorded it. */
async function withOutcome(
  { client }: Pick<FindContext, 'client'>,
  known: KnownWorkflow,
): Promise<RunWithCalls> {
  const run = unrecordedRun(known);
  if (known.closedAt === null) return run;
  const handle = client.workflow.getHandle(known.workflowId, known.temporalRunId);
  const outcome = await askTemporal(client, () => syncOutcome(handle));
  return { ...run, ...outcome, finishedAt: known.closedAt.toISOString() };
}

type Description = Pick<
  WorkflowExecutionDescription,
  'type' | 'workflowId' | 'runId' | 'startTime' | 'closeTime' | 'memo'
>;

async function describe(
  { client }: Pick<FindContext, 'client'>,
  workflowId: string,
): Promise<KnownWorkflow | null> {
  try {
    return toKnown(await askTemporal(client, () => client.workflow.getHandle(workflowId).describe()));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isInvalid(error)) return null;
    throw error;
  }
}

/** Temporal refuses to look for an id that no workflow can have, such as one with too many bytes. */
function isInvalid(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return hasGrpcStatus(cause, 'INVALID_ARGUMENT');
}

async function findByTemporalRunId(
  { client }: Pick<FindContext, 'client'>,
  temporalRunId: string,
): Promise<KnownWorkflow | null> {
  return askTemporal(client, async () => {
    for await (const found of client.workflow.list({ query: `RunId = '${temporalRunId}'`, pageSize: 1 })) {
      return toKnown(found);
    }
    return null;
  });
}

function toKnown({ type, memo, startTime, closeTime, ...ids }: Description): KnownWorkflow | null {
  const partner = memo?.[PARTNER_MEMO];
  if (type !== WORKFLOW_TYPE || typeof partner !== 'string') return null;
  const trigger = STARTERS.find((name) => name === memo?.[TRIGGER_MEMO]) ?? 'temporal';
  const name = memo?.[STARTED_BY_MEMO];
  const startedBy = typeof name === 'string' ? name : undefined;
  const { workflowId, runId: temporalRunId } = ids;
  return {
    workflowId,
    temporalRunId,
    partner,
    trigger,
    startedBy,
    startedAt: startTime,
    closedAt: closeTime ?? null,
  };
}
