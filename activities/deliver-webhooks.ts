import { Context } from '@temporalio/activity';
import { TIMEOUTS } from '../src/contract/timeouts';
import type { WebhookActivities } from '../src/contract/webhooks';
import type { Webhook } from '../src/partner/config/webhook';
import { nextMessage, type WaitingMessage } from '../src/store/webhooks/next-message';
import { recordDelivery, recordFailedAttempt } from '../src/store/webhooks/record-attempt';
import type { Dependencies } from './dependencies';
import { postTraced } from './post-traced';
import { failingAsTemporal, workerStopping } from './temporal-failure';
import { composeMessage } from './webhook-message';
import { withHeartbeats } from './with-heartbeats';

/**
 * Sends the messages of one receiver that are due, for some seconds. The table says what is due and what has arrived, so
 * that a second execution sends at most the message that was on its way again.
 */
export function createDeliverWebhooks(dependencies: Dependencies): WebhookActivities['deliverWebhooks'] {
  const { webhooks, dataSource } = dependencies;
  return ({ receiver }) => {
    const log = dependencies.log.child({ receiver });
    return withHeartbeats(async () => {
      const turn = { delivered: 0, failed: 0, isDone: false };
      const until = Date.now() + TIMEOUTS.webhookTurn;
      const webhook = webhooks.get(receiver);
      const signal = givenUp();
      while (webhook && Date.now() < until) {
        const message = await failingAsTemporal(async () => {
          signal.throwIfAborted();
          return nextMessage(dataSource, receiver);
        }, log);
        if (!message) return { ...turn, isDone: true };
        const arrived = await failingAsTemporal(
          () => deliver({ ...dependencies, log }, webhook, message, signal),
          log,
        );
        turn[arrived ? 'delivered' : 'failed'] += 1;
      }
      return { ...turn, isDone: webhook === undefined };
    });
  };
}

/** @returns whether the receiver took the message */
async function deliver(
  { dataSource, log, metrics }: Dependencies,
  webhook: Webhook,
  message: WaitingMessage,
  signal: AbortSignal,
): Promise<boolean> {
  const { sentUpTo, ...letter } = await composeMessage(dataSource, message);
  const { event, attempts } = message;
  const reception = await postTraced(dataSource, webhook, message, letter, signal);
  if (reception.isDelivered) {
    await recordDelivery(dataSource, message, { receiver: webhook.name, sentUpTo });
    metrics.webhookSent(webhook.name, true);
    log.debug({ message: letter.id, event }, 'Webhook delivered');
    return true;
  }
  await recordFailedAttempt(dataSource, message, { receiver: webhook.name, ...reception });
  metrics.webhookSent(webhook.name, false);
  log.warn({ message: letter.id, event, attempt: attempts + 1, reason: reception.failure }, 'Webhook failed');
  return false;
}

/** Aborts when another attempt of the activity will do the work. */
function givenUp(): AbortSignal {
  const abort = new AbortController();
  const { cancellationSignal } = Context.current();
  const giveUp = () => abort.abort(workerStopping());
  if (cancellationSignal.aborted) giveUp();
  else cancellationSignal.addEventListener('abort', giveUp);
  return abort.signal;
}
