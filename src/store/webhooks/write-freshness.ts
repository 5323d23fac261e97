import type { DataSource } from 'typeorm';
import type { Partner } from '../../partner/config/partner';
import { isGood } from '../runs/good-run';
import { insertMessages } from './insert-messages';
import type { Subscriptions } from './subscriptions';
import { REPORT, subscribed } from './write-messages';

/**
 * Writes the messages about partners whose data is no longer fresh, once for each loss, and about renewed data if the run
 * that renewed it did not see the loss. A receiver hears of no loss that was there before it was registered. This call does
 * not wait for a transaction that writes a message of the same partner; the next call writes what it left out.
 *
 * @param partners as configured; a partner without a good run has nothing to lose
 */
export async function writeFreshness(
  dataSource: DataSource,
  partners: Iterable<Pick<Partner, 'name' | 'freshFor'>>,
  subscriptions: Subscriptions,
): Promise<void> {
  const promises = [...partners].map(({ name, freshFor }) => ({ partner: name, freshFor }));
  for (const due of [RESTORED, LOST]) {
    await dataSource.query(insertMessages(due, 'skipping'), [JSON.stringify(promises), subscriptions]);
  }
}

const PROMISES = `jsonb_to_recordset($1::jsonb) AS promise (partner text, "freshFor" double precision)`;

const LOST = `
  SELECT receiver, event, partner, good.id,
    jsonb_build_object('lastSucceededAt', good.finished_at, 'freshUntil', good.finished_at + fresh)
  FROM ${PROMISES}
  CROSS JOIN LATERAL (SELECT "freshFor" * interval '1 millisecond' AS fresh) duration
  CROSS JOIN LATERAL (
    SELECT id, finished_at FROM sync_runs WHERE sync_runs.partner = promise.partner AND ${isGood()}
    ORDER BY finished_at DESC LIMIT 1
  ) good
  JOIN ${subscribed('$2', 'promise.partner')}
  JOIN webhook_receivers registered ON registered.name = receiver
  WHERE event = 'freshness.lost' AND good.finished_at + fresh < now()
    AND good.finished_at + fresh >= registered.registered_at
    AND NOT EXISTS (
      SELECT FROM webhook_messages before
      WHERE before.receiver = subscription.receiver AND before.event = 'freshness.lost'
        AND before.subject_id = good.id)`;

/** A loss can be committed after the statement that ends the good run began. The subject is the run that renewed the data. */
const RESTORED = `
  SELECT receiver, event, promise.partner, good.id, ${REPORT}
  FROM ${PROMISES}
  JOIN ${subscribed('$2', 'promise.partner')}
  CROSS JOIN LATERAL (
    SELECT sequence, (data ->> 'lastSucceededAt')::timestamptz AS at FROM webhook_messages lost
    WHERE lost.receiver = subscription.receiver AND lost.event = 'freshness.lost' AND lost.partner = promise.partner
    ORDER BY sequence DESC LIMIT 1
  ) lost
  CROSS JOIN LATERAL (
    SELECT * FROM sync_runs
    WHERE sync_runs.partner = promise.partner AND ${isGood()} AND finished_at > lost.at
    ORDER BY finished_at LIMIT 1
  ) good
  WHERE event = 'freshness.restored'
    AND NOT EXISTS (
      SELECT FROM webhook_messages after
      WHERE after.receiver = subscription.receiver AND after.event = 'freshness.restored'
        AND after.partner = promise.partner AND after.sequence > lost.sequence)`;
