import { ActivityNotFoundError, type Client } from '@temporalio/client';

/** Milliseconds that Temporal may take to answer. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * Whether Temporal still waits for this attempt of an activity. It counts as awaited unless Temporal says otherwise.
 *
 * @param heartbeat what the attempt leaves to the next one
 */
export async function isAwaited(client: Client, taskToken: Uint8Array, heartbeat: unknown): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      client.activity.heartbeat(taskToken, heartbeat),
    );
    return true;
  } catch (error) {
    return !(error instanceof ActivityNotFoundError);
  }
}
