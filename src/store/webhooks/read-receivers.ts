import type { DataSource } from 'typeorm';
import type { WebhookEvent } from '../../contract/webhooks';
import { firstOf, lanes } from './next-message';

/** A receiver of webhooks and its state; times in ISO 8601, UTC. */
export interface Receiver {
  readonly name: string;
  /** Of its address; null if no worker has recorded it. */
  readonly host: string | null;
  readonly events: readonly WebhookEvent[];
  /** Null for all partners. */
  readonly partners: readonly string[] | null;
  /** Whether partners.yaml of the worker that started last has it. */
  readonly configured: boolean;
  readonly lastDeliveredAt: string | null;
  /** The first failed attempt since it last had taken all that it was sent. */
  readonly failingSince: string | null;
  /** Why the last failed attempt failed; null if it does not fail. */
  readonly failure: string | null;
  /** When it answered 410, and so gets nothing more until a replay. */
  readonly disabledAt: string | null;
  /** Messages that wait to be sent; at most 10 000 are counted. */
  readonly waiting: number;
  /** Since when the oldest waiting message has waited; null if none waits. */
  readonly waitingSince: string | null;
  /** Since when a message has been due, or the last delivery if that was later; null if none is due. */
  readonly dueSince: string | null;
  /** Messages that were given up; at most 10 000 are counted. */
  readonly failed: number;
}

const MOST = 10_000;
const iso = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const counted = (state: string) => `(
  SELECT count(*)::integer FROM (
    SELECT FROM webhook_messages WHERE receiver = name AND state = '${state}' LIMIT ${MOST}) counted)`;

/** The first message of a partner waits since its last part was delivered: the second one may have waited longer. */
const WAITING_SINCE = `(
  WITH ${lanes('name')}
  SELECT ${iso('min(first.retried_since)')} FROM lanes CROSS JOIN LATERAL (${firstOf('name', 2)}) first)`;

/** A message that waited behind others of its partner is due only since the delivery of the one before it. */
const DUE_SINCE = `(
  WITH ${lanes('name')}
  SELECT ${iso('greatest(min(head.next_attempt_at), last_delivered_at)')}
  FROM lanes CROSS JOIN LATERAL (${firstOf('name')}) head
  WHERE head.next_attempt_at <= now() AND disabled_at IS NULL
  HAVING count(*) > 0)`;

/** All receivers, by name: those of partners.yaml, and earlier ones with messages. */
export function listReceivers(dataSource: DataSource): Promise<Receiver[]> {
  return dataSource.query(
    `SELECT name, host, events, partners, configured, ${iso('last_delivered_at')} AS "lastDeliveredAt",
       ${iso('failing_since')} AS "failingSince", failure, ${iso('disabled_at')} AS "disabledAt",
       ${counted('waiting')} AS waiting, ${WAITING_SINCE} AS "waitingSince",
       ${DUE_SINCE} AS "dueSince", ${counted('failed')} AS failed
     FROM webhook_receivers ORDER BY name`,
  );
}
