import type { WebhookActivities } from '../src/contract/webhooks';
import { replayMessages, writeTest } from '../src/store/webhooks/request-messages';
import type { Dependencies } from './dependencies';
import { failingAsTemporal } from './temporal-failure';

/** Makes messages of a receiver due that an operator requests. Workers find them like all others. */
export function createRequestWebhooks({
  dataSource,
  webhooks,
  log,
}: Dependencies): WebhookActivities['requestWebhooks'] {
  return async ({ receiver, kind, since = null }) => {
    if (!webhooks.has(receiver)) return null;
    const count = await failingAsTemporal(
      () => (kind === 'test' ? writeTest(dataSource, receiver) : replayMessages(dataSource, receiver, since)),
      log,
    );
    log.info({ receiver, kind, count }, 'Webhooks requested');
    return count;
  };
}
