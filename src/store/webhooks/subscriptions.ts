import type { Webhooks } from '../../partner/config/webhook';

/**
 * Which receiver gets which event, as JSON for the statements that write messages. It is the same for all partners, so
 * that it is made once.
 */
export type Subscriptions = string & { readonly __subscriptions: true };

/** No one gets anything. */
export const NO_SUBSCRIPTIONS = '[]' as Subscriptions;

/** The subscriptions that partners.yaml configures. */
export function subscriptionsOf(webhooks: Webhooks): Subscriptions {
  const entries = [...webhooks.values()].flatMap(({ name: receiver, events, partners }) =>
    events.map((event) => ({ receiver, event, partners: partners ?? null })),
  );
  return JSON.stringify(entries) as Subscriptions;
}
