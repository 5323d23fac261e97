import type { DataSource } from 'typeorm';
import type { Webhooks } from '../../partner/config/webhook';

/** The value of a column if the receiver is the same as before, in SQL. */
const kept = (column: string) => `
  CASE WHEN webhook_receivers.configured AND webhook_receivers.host IS NOT DISTINCT FROM excluded.host
    THEN webhook_receivers.${column} END`;

/**
 * Records the receivers that partners.yaml has, for those who list them. The address and the secret stay in the file. A
 * receiver that comes back or moves to another host starts without its failures, and so gets messages again. One that comes
 * back counts as new.
 */
export async function registerReceivers(dataSource: DataSource, webhooks: Webhooks): Promise<void> {
  const receivers = [...webhooks.values()].map(({ name, url, events, partners = null }) => ({
    ...{ name, events, partners },
    host: new URL(url).host,
  }));
  await dataSource.query(
    `WITH given AS (
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS given (name text, host text, events text[], partners text[])
     ), removed AS (
       UPDATE webhook_receivers SET configured = false
       WHERE configured AND name NOT IN (SELECT name FROM given)
     )
     INSERT INTO webhook_receivers (name, host, events, partners)
     SELECT name, host, events, partners FROM given ORDER BY name
     ON CONFLICT (name) DO UPDATE
     SET host = excluded.host, events = excluded.events, partners = excluded.partners, configured = true,
       registered_at = CASE WHEN webhook_receivers.configured THEN webhook_receivers.registered_at ELSE now() END,
       disabled_at = ${kept('disabled_at')}, failing_since = ${kept('failing_since')}, failure = ${kept('failure')}`,
    [JSON.stringify(receivers)],
  );
}
