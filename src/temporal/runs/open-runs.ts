import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { PARTNER_MEMO, SEARCH_ATTRIBUTES, WORKFLOW_TYPE } from '../../contract/names';
import { hasGrpcStatus } from '../connection/grpc-status';
import { type EncryptedSample, encryptedSamplesIn } from '../payloads/encrypted-samples';
import { isoTimeOf } from '../proto-time';
import { workflowsOn } from '../visibility-query';
import { examineRun, type RunWait } from './run-wait';
import type { RawDescription } from './sync-progress';

const { PendingActivityState } = temporal.api.enums.v1;

/** Each run takes three requests to Temporal. */
const MOST_EXAMINED = 50;
/** A step that a worker executes now. */
export interface RunningStep {
  /** The name of the activity. */
  readonly name: string;
  readonly attempt: number;
  /** ISO 8601, UTC. */
  readonly since: string | null;
  /** The identity of the worker. */
  readonly worker: string;
}

/** A run that Temporal has open, whether or not a worker has recorded it. */
export interface OpenRun {
  readonly workflowId: string;
  readonly temporalRunId: string;
  /** Null if neither a search attribute nor a readable memo names it. */
  readonly partner: string | null;
  readonly wait: RunWait | null;
  readonly steps: readonly RunningStep[];
  /** One of its latest payloads for each key. */
  readonly samples: readonly EncryptedSample[];
}

export interface OpenRuns {
  /** The number of open runs. */
  readonly count: number;
  /** At most 50 of them; first those whose workflow tasks fail. */
  readonly examined: readonly OpenRun[];
}

type Listed = temporal.api.workflow.v1.WorkflowExecutionInfo.$Properties;

/**
 * The open runs of the task queue and what they wait for, from Temporal: a run that no worker has recorded yet is in
 * no table. Payloads are not decoded, because a key may be missing.
 */
export async function readOpenRuns(client: Client, taskQueue: string): Promise<OpenRuns> {
  const { namespace } = client.options;
  const query = `${workflowsOn(taskQueue, WORKFLOW_TYPE)} AND ExecutionStatus = 'Running'`;
  const [failing, { executions }, { count }] = await Promise.all([
    listFailing(client, query),
    client.workflowService.listWorkflowExecutions({ namespace, query, pageSize: MOST_EXAMINED }),
    client.workflowService.countWorkflowExecutions({ namespace, query }),
  ]);
  const listed = new Map([...failing, ...executions].map((run) => [run.execution?.runId, run]));
  const examined = await Promise.all(
    [...listed.values()].slice(0, MOST_EXAMINED).map((run) => examine(client, run)),
  );
  return { count: Math.max(Number(count), executions.length), examined };
}

/** The runs of a query whose workflow tasks failed several times in a row; Temporal marks them after a minute. */
async function listFailing(client: Client, query: string): Promise<Listed[]> {
  try {
    const { executions } = await client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      query: `${query} AND TemporalReportedProblems IS NOT NULL`,
      pageSize: MOST_EXAMINED,
    });
    return executions;
  } catch (error) {
    // An older server does not have this search attribute.
    if (hasGrpcStatus(error, 'INVALID_ARGUMENT')) return [];
    throw error;
  }
}

async function examine(client: Client, listed: Listed): Promise<OpenRun> {
  const workflowId = listed.execution?.workflowId ?? '';
  const temporalRunId = listed.execution?.runId ?? '';
  const { raw, latest, wait } = await examineRun(client, workflowId, temporalRunId);
  return {
    workflowId,
    temporalRunId,
    partner: await readPartner(client, listed),
    wait,
    steps: runningSteps(raw),
    samples: encryptedSamplesIn([listed.memo, raw.pendingActivities, latest]),
  };
}

function runningSteps({ pendingActivities }: RawDescription): RunningStep[] {
  return (pendingActivities ?? [])
    .filter(({ state }) => state === PendingActivityState.PENDING_ACTIVITY_STATE_STARTED)
    .map(({ activityType, attempt, lastStartedTime, lastWorkerIdentity }) => ({
      name: activityType?.name ?? '',
      attempt: attempt ?? 1,
      since: isoTimeOf(lastStartedTime),
      worker: lastWorkerIdentity ?? '',
    }));
}

async function readPartner(client: Client, { searchAttributes, memo }: Listed): Promise<string | null> {
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter;
  const indexed = searchAttributes?.indexedFields?.[SEARCH_ATTRIBUTES.partner];
  const noted = memo?.fields?.[PARTNER_MEMO];
  try {
    if (indexed) return JSON.parse(Buffer.from(indexed.data ?? []).toString());
    let payloads = noted ? [noted] : [];
    for (const codec of payloadCodecs) payloads = await codec.decode(payloads);
    const [payload] = payloads;
    return payload ? payloadConverter.fromPayload<string>(payload) : null;
  } catch {
    return null;
  }
}
