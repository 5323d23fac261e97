import type { DataSource } from 'typeorm';
import { TEST_EVENT } from '../../contract/webhooks';

/** What a message becomes that is sent again, in an UPDATE. */
const AGAIN = `state = 'waiting', ended_at = NULL, sent_up_to = NULL, attempts = 0, failure = NULL,
  next_attempt_at = now(), retried_since = now()`;

/**
 * Makes the failed messages of a receiver due again, and those that wait due now. A receiver that wanted nothing more gets
 * messages again.
 *
 * @param since the delivered messages from this time (ISO 8601) are sent again too
 * @returns how many messages are due
 */
export async function replayMessages(
  dataSource: DataSource,
  receiver: string,
  since: string | null,
): Promise<number> {
  const [{ count }]: [{ count: number }] = await dataSource.query(
    `WITH enabled AS (
       UPDATE webhook_receivers SET disabled_at = NULL WHERE name = $1
     ), again AS (
       UPDATE webhook_messages SET ${AGAIN}
       WHERE receiver = $1 AND (state <> 'delivered' OR created_at >= $2)
       RETURNING 1
     )
     SELECT count(*)::integer AS count FROM again`,
    [receiver, since],
  );
  return count;
}

/** Writes a message that tests the receiver. */
export async function writeTest(dataSource: DataSource, receiver: string): Promise<number> {
  await dataSource.query(
    `INSERT INTO webhook_messages (receiver, event, partner, subject_id, data)
     VALUES ($1, $2, '', gen_random_uuid(), '{}')`,
    [receiver, TEST_EVENT],
  );
  return 1;
}
