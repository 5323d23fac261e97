import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { RunHolder } from '../contract/sync';

/** Milliseconds that Temporal may take to answer. */
const ANSWER_WITHIN_MS = 5_000;

/**
 * Whether Temporal still runs the workflow that holds a partner. A reset gives the workflow a new run ID, so
 * the latest run under its workflow ID counts, unless that is the asker itself.
 *
 * @param askerRunId the run that asks, where a run does
 */
export async function isStillRunning(
  client: Client,
  holder: RunHolder,
  askerRunId?: string,
): Promise<boolean> {
  try {
    const { status, runId } = await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      client.workflow.getHandle(holder.workflowId).describe(),
    );
    return status.name === 'RUNNING' && runId !== askerRunId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
