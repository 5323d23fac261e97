import type { DataSource } from 'typeorm';
import type { Partner } from '../../partner/config/partner';
import { isGood } from '../runs/good-run';
import { insertMessages } from './insert-messages';
import type { Subscriptions } from './subscriptions';
import { subscribed } from './write-messages';

/**
 * Writes the messages about partners whose data is no longer fresh, once for each loss. It does not wait for a transaction
 * that writes a message of the same partner; the next call writes what it left out.
 *
 * @param partners as configured; a partner without a good run has nothing to lose
 */
export async function writeFreshnessLost(
  dataSource: DataSource,
  partners: Iterable<Pick<Partner, 'name' | 'freshFor'>>,
  subscriptions: Subscriptions,
): Promise<void> {
  const promises = [...partners].map(({ name, freshFor }) => ({ partner: name, freshFor }));
  await dataSource.query(
    insertMessages(
      `SELECT receiver, event, partner, good.id,
       jsonb_build_object('lastSucceededAt', good.finished_at, 'freshUntil', good.finished_at + fresh)
     FROM jsonb_to_recordset($1::jsonb) AS promise (partner text, "freshFor" double precision)
     CROSS JOIN LATERAL (SELECT "freshFor" * interval '1 millisecond' AS fresh) duration
     CROSS JOIN LATERAL (
       SELECT id, finished_at FROM sync_runs WHERE sync_runs.partner = promise.partner AND ${isGood()}
       ORDER BY finished_at DESC LIMIT 1
     ) good
     JOIN ${subscribed('$2', 'promise.partner')}
     WHERE event = 'freshness.lost' AND good.finished_at + fresh < now()
       AND NOT EXISTS (
         SELECT FROM webhook_messages before
         WHERE before.receiver = subscription.receiver AND before.event = 'freshness.lost'
           AND before.subject_id = good.id)`,
      'skipping',
    ),
    [JSON.stringify(promises), subscriptions],
  );
}
