import type { DataSource } from 'typeorm';
import { NamedFailure } from '../../contract/named-failure';
import { TEST_EVENT } from '../../contract/webhooks';
import { storableMoment } from '../lists/storable-moment';

/** What a message becomes that is sent again, in an UPDATE. */
const AGAIN = `state = 'waiting', ended_at = NULL, sent_up_to = NULL, attempts = 0, failure = NULL,
  next_attempt_at = now(), retried_since = now()`;

/**
 * Makes the failed messages of a receiver due again, and those that wait due now. A receiver that wanted nothing more gets
 * messages again.
 *
 * @param since what was delivered at this time (ISO 8601) or later is sent again too
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
       WHERE receiver = $1 AND (state <> 'delivered' OR ended_at >= $2)
       RETURNING 1
     )
     SELECT count(*)::integer AS count FROM again`,
    [receiver, since && storableMoment(since)],
  );
  return count;
}

/**
 * Writes a message that tests the receiver.
 *
 * @throws NamedFailure `InvalidInput` if the receiver wants nothing more, so that the message would not be sent
 */
export async function writeTest(dataSource: DataSource, receiver: string): Promise<number> {
  const written: unknown[] = await dataSource.query(
    `INSERT INTO webhook_messages (receiver, event, partner, subject_id, data)
     SELECT $1, $2, '', gen_random_uuid(), '{}'
     WHERE NOT EXISTS (SELECT FROM webhook_receivers WHERE name = $1 AND disabled_at IS NOT NULL)
     RETURNING id`,
    [receiver, TEST_EVENT],
  );
  if (written.length > 0) return written.length;
  throw new NamedFailure(
    'InvalidInput',
    `The receiver ${receiver} answered 410 and wants nothing more, so that a test is not sent. Let it get messages again: npx provider-sync webhooks replay ${receiver}`,
  );
}
