import type { Client } from '@temporalio/client';
import { type RawHistory, readRawHistory } from './raw-history';

/** The histories of a run, in order: a long run continues as a new Temporal run under the same workflow id. */
export async function readChain(client: Client, workflowId: string): Promise<RawHistory[]> {
  const histories: RawHistory[] = [];
  for (let runId: string | undefined; runId !== ''; ) {
    const history = await readRawHistory(client, { workflowId, ...(runId !== undefined && { runId }) });
    histories.unshift(history);
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  }
  return histories;
}
