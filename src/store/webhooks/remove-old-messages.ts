import type { DataSource } from 'typeorm';

/** Long enough to replay what a receiver lost. A message that still waits has a receiver that wants nothing more. */
const KEPT_FOR = '30 days';
/** Removed with one short statement. */
const MOST = 1_000;

/** Whether a message is not the latest of its kind about the freshness of a partner, in SQL. */
const IS_PAST = `(event NOT LIKE 'freshness.%' OR EXISTS (
  SELECT FROM webhook_messages later
  WHERE later.receiver = old.receiver AND later.event = old.event AND later.partner = old.partner
    AND later.sequence > old.sequence))`;

/**
 * Removes some messages to receivers of webhooks whose time is over. The latest ones about the freshness of a partner stay,
 * because they say what its receiver knows.
 */
export async function removeOldMessages(dataSource: DataSource): Promise<void> {
  await dataSource.query(
    `DELETE FROM webhook_messages WHERE id IN (
       SELECT id FROM webhook_messages old
       WHERE created_at < now() - interval '${KEPT_FOR}' AND ${IS_PAST}
       ORDER BY created_at LIMIT ${MOST})`,
  );
}
