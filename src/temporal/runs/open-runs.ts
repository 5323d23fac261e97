import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { PARTNER_MEMO, SEARCH_ATTRIBUTES, WORKFLOW_TYPE } from '../../contract/names';
import { type EncryptedSample, encryptedSamplesIn } from '../payloads/encrypted-samples';
import { type RunWait, readRunWait } from './run-wait';
import type { SyncHandle } from './start-sync';

/** Each run takes three requests to Temporal. */
const MOST_EXAMINED = 50;
/** The last events of a history contain the marker, the timer and the scheduled activity that explain a wait. */
const LAST_EVENTS = 20;

/** A run that Temporal has open, whether or not a worker has recorded it. */
export interface OpenRun {
  readonly workflowId: string;
  readonly temporalRunId: string;
  /** Null if neither a search attribute nor a readable memo names it. */
  readonly partner: string | null;
  readonly wait: RunWait | null;
  /** One of its latest payloads for each key. */
  readonly samples: readonly EncryptedSample[];
}

export interface OpenRuns {
  /** The number of open runs. */
  readonly count: number;
  /** At most 50 of them. */
  readonly examined: readonly OpenRun[];
}

type Listed = temporal.api.workflow.v1.WorkflowExecutionInfo.$Properties;

/**
 * The open runs of the task queue and what they wait for, from Temporal: a run that no worker has recorded yet is in
 * no table. Payloads are not decoded, because a key may be missing.
 */
export async function readOpenRuns(client: Client, taskQueue: string): Promise<OpenRuns> {
  const { namespace } = client.options;
  const query = `WorkflowType = '${WORKFLOW_TYPE}' AND TaskQueue = '${taskQueue.replaceAll("'", "''")}' AND ExecutionStatus = 'Running'`;
  const [{ executions }, { count }] = await Promise.all([
    client.workflowService.listWorkflowExecutions({ namespace, query, pageSize: MOST_EXAMINED }),
    client.workflowService.countWorkflowExecutions({ namespace, query }),
  ]);
  const examined = await Promise.all(executions.map((listed) => examine(client, listed)));
  return { count: Math.max(Number(count), executions.length), examined };
}

async function examine(client: Client, listed: Listed): Promise<OpenRun> {
  const { namespace } = client.options;
  const workflowId = listed.execution?.workflowId ?? '';
  const temporalRunId = listed.execution?.runId ?? '';
  const execution = { workflowId, runId: temporalRunId };
  const [raw, { history }] = await Promise.all([
    client.workflowService.describeWorkflowExecution({ namespace, execution }),
    client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution,
      maximumPageSize: LAST_EVENTS,
    }),
  ]);
  const latest = history?.events ?? [];
  const handle: SyncHandle = client.workflow.getHandle(workflowId, temporalRunId);
  return {
    workflowId,
    temporalRunId,
    partner: await readPartner(client, listed),
    // It may have ended after it was listed.
    wait: raw.workflowExecutionInfo?.closeTime ? null : await readRunWait(handle, raw, latest),
    samples: encryptedSamplesIn([listed.memo, raw.pendingActivities, latest]),
  };
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
