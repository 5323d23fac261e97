import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

type Execution = { readonly workflowId: string; readonly runId?: string };
export type RawHistory = temporal.api.history.v1.IHistory;

/** The whole history of a run as Temporal stores it, without decoding. */
export async function readRawHistory(client: Client, { workflowId, runId }: Execution): Promise<RawHistory> {
  const events: temporal.api.history.v1.IHistoryEvent[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, ...(runId !== undefined && { runId }) },
      nextPageToken,
    });
    events.push(...(page.history?.events ?? []));
    nextPageToken = page.nextPageToken ?? new Uint8Array();
  } while (nextPageToken.length > 0);
  return { events };
}

/** The history as the bytes that are sent over the network, to search them. */
export function historyBytes(history: RawHistory): Buffer {
  return Buffer.from(temporal.api.history.v1.History.encode(history).finish());
}

/** Temporal's description of a run: memo, search attributes, pending activities with their heartbeats. */
export async function readRawDescription(client: Client, { workflowId }: Execution): Promise<Buffer> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  return Buffer.from(temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse.encode(raw).finish());
}

/** The encrypted results of the activities in a history. */
export function activityResults({ events }: RawHistory): temporal.api.common.v1.IPayload[] {
  return (events ?? []).flatMap(
    (event) => event.activityTaskCompletedEventAttributes?.result?.payloads ?? [],
  );
}
