import { ActivityNotFoundError, type Client } from '@temporalio/client';
import type { StepReport } from '../../contract/activities';

/** Milliseconds that Temporal may take to answer. */
const ANSWER_WITHIN_MS = 2_000;

/** What tells an attempt of an activity from others. */
interface Attempt {
  readonly taskToken: Uint8Array;
  readonly activityId: string;
  readonly workflowExecution?: { readonly workflowId: string };
  readonly isLocal: boolean;
}

/**
 * Whether Temporal still waits for this attempt of an activity. It counts as awaited unless Temporal says otherwise.
 *
 * @param heartbeat what the attempt leaves to the next one
 */
export async function isAwaited(
  client: Client,
  { taskToken, activityId, workflowExecution, isLocal }: Attempt,
  heartbeat: StepReport,
): Promise<boolean> {
  const { namespace } = client.options;
  const { workflowId } = workflowExecution ?? {};
  const place = {
    type: 'activity',
    namespace,
    activityId,
    isLocal,
    ...(workflowId && { workflowId }),
  } as const;
  try {
    await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      client.activity.heartbeat(taskToken, heartbeat, { serializationContext: place }),
    );
    return true;
  } catch (error) {
    return !(error instanceof ActivityNotFoundError);
  }
}
