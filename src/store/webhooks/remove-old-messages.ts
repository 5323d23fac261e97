import type { DataSource } from 'typeorm';

/** Long enough to replay what a receiver lost. A message that still waits has a receiver that wants nothing more. */
const KEPT_FOR = '30 days';
/** Removed with one short statement. */
const MOST = 1_000;

/** Removes some messages to receivers of webhooks whose time is over. */
export async function removeOldMessages(dataSource: DataSource): Promise<void> {
  await dataSource.query(
    `DELETE FROM webhook_messages WHERE id IN (
       SELECT id FROM webhook_messages WHERE created_at < now() - interval '${KEPT_FOR}'
       ORDER BY created_at LIMIT ${MOST})`,
  );
}
