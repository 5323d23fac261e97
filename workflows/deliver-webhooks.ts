import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import { TIMEOUTS } from '../src/contract/timeouts';
import type { DeliverInput, DeliverResult, WebhookActivities } from '../src/contract/webhooks';

/** Turns of one run, for half an hour. Its history stays small; workers start the next run. */
const MOST_TURNS = 100;

const activities = proxyActivities<WebhookActivities>({
  startToCloseTimeout: TIMEOUTS.webhookActivity,
  heartbeatTimeout: TIMEOUTS.heartbeat,
  retry: { initialInterval: '1s', maximumInterval: '15s' },
});

/**
 * Sends the messages of one receiver that are due, in their order. It ends when none is due: the table knows when the
 * next attempt is, and a worker starts the next run then. So nothing waits in Temporal, and nothing is lost with it.
 */
export async function deliverWebhooks({ receiver }: DeliverInput): Promise<DeliverResult> {
  const result = { delivered: 0, failed: 0 };
  for (let turns = 0; turns < MOST_TURNS; turns += 1) {
    const turn = await activities.deliverWebhooks({ receiver });
    result.delivered += turn.delivered;
    result.failed += turn.failed;
    setCurrentDetails(`- ${result.delivered} delivered, ${result.failed} attempts failed`);
    if (turn.isDone) break;
  }
  return result;
}
