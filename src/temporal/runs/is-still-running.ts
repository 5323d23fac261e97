import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { RunHolder } from '../../contract/run';

/** Milliseconds that Temporal may take to answer. */
const ANSWER_WITHIN_MS = 5_000;

/**
 * The statuses after which a workflow does nothing more. Every other status may still come to an end of its own:
 * running, paused, continued as a new run, and those that a later server adds.
 */
const FINAL: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT']);

/**
 * Whether Temporal still has to end the workflow that holds a partner; a paused workflow holds it too. A reset
 * gives the workflow a new run ID. Therefore the latest run under its workflow ID counts, unless that is the asker
 * itself.
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
    return !FINAL.has(status.name) && runId !== askerRunId;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
