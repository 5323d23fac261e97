import type { DataSource } from 'typeorm';

/** Seconds until the attempt after the first failed one; each further failure triples them. */
const FIRST_DELAY = 5;
/** Seconds that an attempt waits at most. */
const LONGEST_DELAY = 60 * 60;
/** An attempt that fails after this time is the last one. */
const RETRIED_FOR = '3 days';

/** Records that the receiver has the message, or the message up to a provider. */
export async function recordDelivery(
  dataSource: DataSource,
  {
    id,
    receiver,
    sentUpTo,
  }: { readonly id: string; readonly receiver: string; readonly sentUpTo: string | null },
): Promise<void> {
  await dataSource.query(
    `WITH message AS (
       UPDATE webhook_messages
       SET attempts = CASE WHEN $3::uuid IS NULL THEN attempts + 1 ELSE 0 END,
         sent_up_to = $3, failure = NULL,
         state = CASE WHEN $3::uuid IS NULL THEN 'delivered' ELSE state END,
         ended_at = CASE WHEN $3::uuid IS NULL THEN now() END
       WHERE id = $1 AND state = 'waiting'
     )
     INSERT INTO webhook_receivers (name, last_delivered_at) VALUES ($2, now())
     ON CONFLICT (name) DO UPDATE SET last_delivered_at = now(), failing_since = NULL, failure = NULL`,
    [id, receiver, sentUpTo],
  );
}

/** A failed attempt. */
export interface FailedAttempt {
  readonly id: string;
  readonly receiver: string;
  readonly failure: string;
  /** Whether the receiver wants nothing more. */
  readonly isGone: boolean;
  /** Seconds that the receiver asked us to wait; 0 if it did not. */
  readonly waitSeconds: number;
}

/**
 * Records a failed attempt and when the next one is due. After the message's time is over it is given up, and the next
 * message of its partner is sent.
 */
export async function recordFailedAttempt(
  dataSource: DataSource,
  { id, receiver, failure, isGone, waitSeconds }: FailedAttempt,
): Promise<void> {
  await dataSource.query(
    `WITH message AS (
       UPDATE webhook_messages
       SET attempts = attempts + 1, failure = $3,
         next_attempt_at = now() + interval '1 second' * greatest(
           $5::double precision,
           least(${LONGEST_DELAY}, ${FIRST_DELAY} * 3 ^ least(attempts, 10)) * (0.9 + 0.2 * random())),
         state = CASE WHEN retried_since < now() - interval '${RETRIED_FOR}' THEN 'failed' ELSE state END,
         ended_at = CASE WHEN retried_since < now() - interval '${RETRIED_FOR}' THEN now() END
       WHERE id = $1 AND state = 'waiting'
     )
     INSERT INTO webhook_receivers (name, failing_since, failure, disabled_at)
     VALUES ($2, now(), $3, CASE WHEN $4 THEN now() END)
     ON CONFLICT (name) DO UPDATE
     SET failing_since = coalesce(webhook_receivers.failing_since, now()), failure = $3,
       disabled_at = excluded.disabled_at`,
    [id, receiver, failure, isGone, Math.min(waitSeconds, LONGEST_DELAY)],
  );
}
