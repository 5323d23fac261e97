import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { FailureType } from '../src/contract/failures';
import { TIMEOUTS } from '../src/contract/timeouts';
import { RECEIVER_NAME, type WebhookActivities, type WebhookRequest } from '../src/contract/webhooks';

const activities = proxyActivities<WebhookActivities>({
  startToCloseTimeout: TIMEOUTS.storeStep,
  retry: { initialInterval: '500ms', maximumInterval: '15s' },
});

/**
 * Replays or tests the messages of one receiver.
 *
 * @returns how many messages are due; null if the workers have no such receiver
 */
export async function requestWebhooks(input: WebhookRequest): Promise<number | null> {
  if (!isRequest(input)) {
    throw ApplicationFailure.nonRetryable(
      'The input must be an object with receiver, and with kind, which is replay or test.',
      'InvalidInput' satisfies FailureType,
    );
  }
  return activities.requestWebhooks(input);
}

function isRequest(input: WebhookRequest | undefined): input is WebhookRequest {
  const { receiver, kind, since } = input ?? {};
  return (
    typeof receiver === 'string' &&
    RECEIVER_NAME.test(receiver) &&
    (kind === 'replay' || kind === 'test') &&
    (since === undefined || !Number.isNaN(Date.parse(since)))
  );
}
