import type { DataSource } from 'typeorm';
import type { TEST_EVENT, WebhookEvent } from '../../contract/webhooks';

/** A message that is due. */
export interface WaitingMessage {
  readonly id: string;
  readonly sequence: number;
  readonly event: WebhookEvent | typeof TEST_EVENT;
  /** Empty for a test. */
  readonly partner: string;
  readonly subjectId: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly sentUpTo: string | null;
  readonly attempts: number;
  /** From when its time counts until it is given up. */
  readonly retriedSince: Date;
}

const waiting = (receiver: string) =>
  `FROM webhook_messages WHERE receiver = ${receiver} AND state = 'waiting'`;

/**
 * The beginning of a WITH: each partner with a waiting message, found by jumps in the index, however many messages wait.
 *
 * @param receiver the parameter with the receiver
 */
export function lanes(receiver: string): string {
  return `RECURSIVE lanes AS (
    (SELECT partner ${waiting(receiver)} ORDER BY partner LIMIT 1)
    UNION ALL
    SELECT (SELECT partner ${waiting(receiver)} AND partner > lanes.partner ORDER BY partner LIMIT 1)
    FROM lanes WHERE lanes.partner IS NOT NULL
  )`;
}

/** The SELECT of the first waiting messages of a partner in {@link lanes}. */
export function firstOf(receiver: string, most = 1): string {
  return `SELECT * ${waiting(receiver)} AND partner = lanes.partner ORDER BY sequence LIMIT ${most}`;
}

/**
 * The next message of a receiver that is due. The messages of a partner are sent in their order: a message that waits
 * for its next attempt holds back the later ones of its partner, and of no other partner.
 */
export async function nextMessage(dataSource: DataSource, receiver: string): Promise<WaitingMessage | null> {
  const [message]: [(Omit<WaitingMessage, 'sequence'> & { sequence: string })?] = await dataSource.query(
    `WITH ${lanes('$1')}
     SELECT id, sequence, event, head.partner, subject_id AS "subjectId", data, created_at AS "createdAt",
       sent_up_to AS "sentUpTo", attempts, retried_since AS "retriedSince"
     FROM lanes CROSS JOIN LATERAL (${firstOf('$1')}) head
     WHERE next_attempt_at <= now()
       AND NOT EXISTS (SELECT FROM webhook_receivers WHERE name = $1 AND disabled_at IS NOT NULL)
     ORDER BY next_attempt_at, sequence LIMIT 1`,
    [receiver],
  );
  return message ? { ...message, sequence: Number(message.sequence) } : null;
}
