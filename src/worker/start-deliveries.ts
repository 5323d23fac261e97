import type { DataSource } from 'typeorm';
import type { Partners } from '../partner/config/partner';
import type { Webhooks } from '../partner/config/webhook';
import { nextMessage } from '../store/webhooks/next-message';
import { registerReceivers } from '../store/webhooks/register-receivers';
import { removeOldMessages } from '../store/webhooks/remove-old-messages';
import { subscriptionsOf } from '../store/webhooks/subscriptions';
import { writeFreshness } from '../store/webhooks/write-freshness';

interface DeliveryContext {
  readonly dataSource: DataSource;
  readonly partners: Partners;
  readonly webhooks: Webhooks;
  /** Starts the workflow that sends the messages of a receiver, unless it is running. */
  readonly startDelivery: (receiver: string) => Promise<void>;
}

/**
 * Makes what starts the delivery to each receiver with a message that is due. A message is stored with what it reports,
 * so that a worker that was killed in between is replaced by any other one. It also removes old messages.
 */
export function createStartDeliveries(context: DeliveryContext): () => Promise<void> {
  const { dataSource, partners, webhooks, startDelivery } = context;
  const subscriptions = subscriptionsOf(webhooks);
  let isRegistered = false;
  return async () => {
    if (!isRegistered) await registerReceivers(dataSource, webhooks);
    isRegistered = true;
    await removeOldMessages(dataSource);
    if (webhooks.size === 0) return;
    await writeFreshness(dataSource, partners.values(), subscriptions);
    for (const receiver of webhooks.keys()) {
      if (await nextMessage(dataSource, receiver)) await startDelivery(receiver);
    }
  };
}
