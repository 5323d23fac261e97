import type { Client } from '@temporalio/client';
import { type RawHistory, readRawHistory } from './raw-history';

/** The histories of a run, in order: a long run continues as a new Temporal run under the same workflow id. */
export async function readChain(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
): Promise<RawHistory[]> {
  const histories: RawHistory[] = [];
  for (let next: string | undefined = runId; next !== undefined; ) {
    const history: RawHistory = await readRawHistory(client, { workflowId, runId: next });
    histories.push(history);
    next =
      history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  }
  return histories;
}
