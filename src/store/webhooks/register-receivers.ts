import type { DataSource } from 'typeorm';
import type { Webhooks } from '../../partner/config/webhook';

/** Records the receivers that partners.yaml has, for those who list them. The address and the secret stay in the file. */
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
     SET host = excluded.host, events = excluded.events, partners = excluded.partners, configured = true`,
    [JSON.stringify(receivers)],
  );
}
