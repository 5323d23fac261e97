import type { DataSource } from 'typeorm';
import { firstOf, lanes, type WaitingMessage } from './next-message';

/** Seconds until the attempt after the first failed one; each further failure triples them. */
const FIRST_DELAY = 5;
/** Seconds that an attempt waits at most. */
const LONGEST_DELAY = 60 * 60;
/**
 * A delivery ends a wait of another partner whose rest is at most this many times the time since the delivery before. A wait
 * is about three times the one before it, so that each wait of an outage ends with the outage. A message that the receiver
 * refuses while it takes others is still tried less and less often.
 */
const WAIT_PER_OUTAGE = 4;
/** An attempt that fails after this time is the last one. */
const RETRIED_FOR = '3 days';

/**
 * Whether the row is as it was read before the attempt, in SQL. It is not if another attempt or a replay came between: the
 * attempt of a lost worker may end late, and then changes nothing.
 */
const IS_AS_READ = `id = $1 AND state = 'waiting' AND attempts = $2 AND sent_up_to IS NOT DISTINCT FROM $3::uuid
  AND retried_since = $4`;
const asRead = ({ id, attempts, sentUpTo, retriedSince }: WaitingMessage) => [
  id,
  attempts,
  sentUpTo,
  retriedSince,
];

/** The value of a column of the receiver if it has not taken the first message of one of the `others`, in SQL. */
const ifRefused = (column: string) => `
  CASE WHEN EXISTS (SELECT FROM others WHERE failure IS NOT NULL) THEN webhook_receivers.${column} END`;

/**
 * Records that the receiver has the message, or the message up to a provider. After an outage, the next messages of the other
 * partners are due at once. The receiver fails as long as it has not taken a message that it was sent.
 *
 * @param message as it was read before the attempt
 */
export async function recordDelivery(
  dataSource: DataSource,
  message: WaitingMessage,
  { receiver, sentUpTo }: { readonly receiver: string; readonly sentUpTo: string | null },
): Promise<void> {
  await dataSource.query(
    `WITH ${lanes('$5')}, message AS (
       UPDATE webhook_messages
       SET attempts = CASE WHEN $6::uuid IS NULL THEN attempts + 1 ELSE 0 END,
         sent_up_to = $6, failure = NULL,
         retried_since = CASE WHEN $6::uuid IS NULL THEN retried_since ELSE now() END,
         state = CASE WHEN $6::uuid IS NULL THEN 'delivered' ELSE state END,
         ended_at = CASE WHEN $6::uuid IS NULL THEN now() END
       WHERE ${IS_AS_READ}
       RETURNING 1
     ), others AS (
       SELECT head.* FROM lanes CROSS JOIN LATERAL (${firstOf('$5')}) head WHERE head.id <> $1
     ), hurried AS (
       UPDATE webhook_messages SET next_attempt_at = date_trunc('milliseconds', now())
       WHERE EXISTS (SELECT FROM message) AND next_attempt_at > now() AND id IN (SELECT id FROM others)
         AND next_attempt_at <= now() + ${WAIT_PER_OUTAGE} * (now() - (
           SELECT coalesce(last_delivered_at, registered_at) FROM webhook_receivers WHERE name = $5))
     )
     INSERT INTO webhook_receivers (name, last_delivered_at) SELECT $5::text, now() FROM message
     ON CONFLICT (name) DO UPDATE
     SET last_delivered_at = now(), failing_since = ${ifRefused('failing_since')}, failure = ${ifRefused('failure')}`,
    [...asRead(message), receiver, sentUpTo],
  );
}

/** A failed attempt. */
export interface FailedAttempt {
  readonly receiver: string;
  readonly failure: string;
  /** Whether the receiver wants nothing more. */
  readonly isGone: boolean;
  /** Seconds that the receiver asked us to wait; 0 if it did not. */
  readonly waitSeconds: number;
}

/**
 * Records a failed attempt and when the next one is due. After the message's time is over it is given up, and the next
 * message of its partner is sent. A time that the receiver asked us to wait holds for what waits of all partners.
 *
 * @param message as it was read before the attempt
 */
export async function recordFailedAttempt(
  dataSource: DataSource,
  message: WaitingMessage,
  { receiver, failure, isGone, waitSeconds }: FailedAttempt,
): Promise<void> {
  await dataSource.query(
    `WITH ${lanes('$5')}, message AS (
       UPDATE webhook_messages
       SET attempts = attempts + 1, failure = $6,
         next_attempt_at = now() + interval '1 second' * greatest(
           $8::double precision,
           least(${LONGEST_DELAY}, ${FIRST_DELAY} * 3 ^ least(attempts, 10)) * (0.9 + 0.2 * random())),
         state = CASE WHEN retried_since < now() - interval '${RETRIED_FOR}' THEN 'failed' ELSE state END,
         ended_at = CASE WHEN retried_since < now() - interval '${RETRIED_FOR}' THEN now() END
       WHERE ${IS_AS_READ}
       RETURNING 1
     ), held AS (
       UPDATE webhook_messages
       SET next_attempt_at = greatest(next_attempt_at, now() + interval '1 second' * $8::double precision)
       WHERE $8 > 0 AND id <> $1 AND EXISTS (SELECT FROM message)
         AND id IN (SELECT id FROM lanes CROSS JOIN LATERAL (${firstOf('$5')}) head)
     )
     INSERT INTO webhook_receivers (name, failing_since, failure, disabled_at)
     SELECT $5::text, now(), $6, CASE WHEN $7::boolean THEN now() END FROM message
     ON CONFLICT (name) DO UPDATE
     SET failing_since = coalesce(webhook_receivers.failing_since, now()), failure = excluded.failure,
       disabled_at = excluded.disabled_at`,
    [...asRead(message), receiver, failure, isGone, Math.min(waitSeconds, LONGEST_DELAY)],
  );
}
