import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import type { MessageState, TEST_EVENT, WebhookEvent } from '../../../contract/webhooks';

/** A message to one receiver of webhooks, written in the transaction of what it reports. */
@Entity('webhook_messages')
@Check('webhook_messages_state_check', `state IN ('waiting', 'delivered', 'failed')`)
@Check('webhook_messages_ended_check', `(state = 'waiting') = (ended_at IS NULL)`)
@Index('webhook_messages_subject_key', ['receiver', 'event', 'subjectId'], { unique: true })
@Index('webhook_messages_waiting', ['receiver', 'partner', 'sequence'], {
  where: `(state = 'waiting'::text)`,
})
@Index('webhook_messages_failed', ['receiver', 'sequence'], { where: `(state = 'failed'::text)` })
@Index('webhook_messages_by_receiver', ['receiver', 'createdAt', 'id'])
@Index('webhook_messages_by_time', ['createdAt'])
export class WebhookMessageEntity {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'webhook_messages_pkey' })
  id!: string;

  /** The order of the messages of a partner. */
  @Column({ type: 'bigint', generated: 'identity', generatedIdentity: 'ALWAYS' })
  sequence!: string;

  /** The name in partners.yaml. */
  @Column('text')
  receiver!: string;

  @Column('text')
  event!: WebhookEvent | typeof TEST_EVENT;

  /** Empty for a test. */
  @Column('text')
  partner!: string;

  /** The run, the provider or the test that the message is about: each is reported once. */
  @Column('uuid', { name: 'subject_id' })
  subjectId!: string;

  /** Ids and counts. The providers of a run are read when the message is sent. */
  @Column('jsonb')
  data!: object;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column('text', { default: 'waiting' })
  state!: MessageState;

  /** The last provider that the receiver has confirmed, of a message in several parts. */
  @Column('uuid', { name: 'sent_up_to', nullable: true })
  sentUpTo!: string | null;

  @Column('integer', { default: 0 })
  attempts!: number;

  @Column({ type: 'timestamptz', name: 'next_attempt_at', precision: 3, default: () => 'now()' })
  nextAttemptAt!: Date;

  /** The message is given up some days after this time. */
  @Column({ type: 'timestamptz', name: 'retried_since', precision: 3, default: () => 'now()' })
  retriedSince!: Date;

  /** When it was delivered or given up. */
  @Column({ type: 'timestamptz', name: 'ended_at', precision: 3, nullable: true })
  endedAt!: Date | null;

  /** Why the last attempt failed. */
  @Column('text', { nullable: true })
  failure!: string | null;
}

/** A receiver of webhooks as the worker that started last has it, and its state. */
@Entity('webhook_receivers')
export class WebhookReceiverEntity {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'webhook_receivers_pkey' })
  name!: string;

  /** Of its address; the rest of the address may hold a secret. */
  @Column('text', { nullable: true })
  host!: string | null;

  @Column('text', { array: true, default: () => `'{}'` })
  events!: WebhookEvent[];

  /** Null for all partners. */
  @Column('text', { array: true, nullable: true })
  partners!: string[] | null;

  /** Whether partners.yaml still has it. */
  @Column('boolean', { default: true })
  configured!: boolean;

  @Column({ type: 'timestamptz', name: 'last_delivered_at', precision: 3, nullable: true })
  lastDeliveredAt!: Date | null;

  /** The first failed attempt since it last had taken all that it was sent; null if it does not fail. */
  @Column({ type: 'timestamptz', name: 'failing_since', precision: 3, nullable: true })
  failingSince!: Date | null;

  /** Why the last failed attempt failed; null if it does not fail. */
  @Column('text', { nullable: true })
  failure!: string | null;

  /** When it answered 410, and so gets nothing more until a replay. */
  @Column({ type: 'timestamptz', name: 'disabled_at', precision: 3, nullable: true })
  disabledAt!: Date | null;

  /** When it was last added to partners.yaml. It hears of no loss of freshness before. */
  @Column({ type: 'timestamptz', name: 'registered_at', precision: 3, default: () => 'now()' })
  registeredAt!: Date;
}
