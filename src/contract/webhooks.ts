/** What a webhook reports, named by its subject, a dot, and what happened to it. Receivers rely on these names. */
export const WEBHOOK_EVENTS = [
  'run.failed',
  'run.recovered',
  'directory.changed',
  'approval.needed',
  'freshness.lost',
  'freshness.restored',
  'provider.erased',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** The event of a message that an operator requests to test a receiver. */
export const TEST_EVENT = 'webhook.test';

/** The form of a receiver's name. */
export const RECEIVER_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** The states of a message to a receiver. `failed`: given up; only a replay sends it again. */
export const MESSAGE_STATES = ['waiting', 'delivered', 'failed'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** The input of the workflow that delivers the messages of one receiver. */
export interface DeliverInput {
  readonly receiver: string;
}

/** The result of one turn, which sends messages for some seconds. */
export interface DeliveryTurn {
  readonly delivered: number;
  readonly failed: number;
  /** Whether no message is due now. */
  readonly isDone: boolean;
}

/** The result of the workflow. */
export type DeliverResult = Pick<DeliveryTurn, 'delivered' | 'failed'>;

/** What an operator requests: that messages are sent again, or a test. */
export interface WebhookRequest {
  readonly receiver: string;
  readonly kind: 'replay' | 'test';
  /** For a replay: what was delivered at this time (ISO 8601) or later is sent again too, not only the others. */
  readonly since?: string;
}

/** The activities of the workflows. */
export interface WebhookActivities {
  deliverWebhooks(input: DeliverInput): Promise<DeliveryTurn>;
  /** @returns how many messages are due; null if there is no such receiver */
  requestWebhooks(input: WebhookRequest): Promise<number | null>;
}
