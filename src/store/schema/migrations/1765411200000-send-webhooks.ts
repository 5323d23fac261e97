import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keeps the messages to the receivers of webhooks. They are written in the transaction of what they report. */
export class SendWebhooks1765411200000 implements MigrationInterface {
  readonly name = 'SendWebhooks1765411200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE webhook_messages (
        id uuid NOT NULL DEFAULT gen_random_uuid(),
        sequence bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
        receiver text NOT NULL,
        event text NOT NULL,
        partner text NOT NULL,
        subject_id uuid NOT NULL,
        data jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        state text NOT NULL DEFAULT 'waiting',
        sent_up_to uuid,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz(3) NOT NULL DEFAULT now(),
        retried_since timestamptz(3) NOT NULL DEFAULT now(),
        ended_at timestamptz(3),
        failure text,
        CONSTRAINT webhook_messages_pkey PRIMARY KEY (id),
        CONSTRAINT webhook_messages_state_check CHECK (state IN ('waiting', 'delivered', 'failed')),
        CONSTRAINT webhook_messages_ended_check CHECK ((state = 'waiting') = (ended_at IS NULL))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX webhook_messages_subject_key ON webhook_messages (receiver, event, subject_id)`);
    await runner.query(`
      CREATE INDEX webhook_messages_waiting ON webhook_messages (receiver, partner, sequence)
      WHERE state = 'waiting'`);
    await runner.query(`
      CREATE INDEX webhook_messages_failed ON webhook_messages (receiver, sequence) WHERE state = 'failed'`);
    await runner.query(
      'CREATE INDEX webhook_messages_by_receiver ON webhook_messages (receiver, created_at, id)',
    );
    await runner.query('CREATE INDEX webhook_messages_by_time ON webhook_messages (created_at)');
    await runner.query(`
      CREATE TABLE webhook_receivers (
        name text NOT NULL,
        host text,
        events text[] NOT NULL DEFAULT '{}',
        partners text[],
        configured boolean NOT NULL DEFAULT true,
        last_delivered_at timestamptz(3),
        failing_since timestamptz(3),
        failure text,
        disabled_at timestamptz(3),
        CONSTRAINT webhook_receivers_pkey PRIMARY KEY (name)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook_receivers, webhook_messages');
  }
}
