import type { DataSource } from 'typeorm';
import type { WebhookEvent } from '../../contract/webhooks';
import { headOf, lanes } from './next-message';

/** A receiver of webhooks, and how it does; times in ISO 8601, UTC. */
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
  /** The first failed attempt since the last delivery. */
  readonly failingSince: string | null;
  /** Why the last attempt failed; null if it succeeded. */
  readonly failure: string | null;
  /** When it answered 410, and so gets nothing more until a replay. */
  readonly disabledAt: string | null;
  /** Messages that wait to be sent; at most 10 000 are counted. */
  readonly waiting: number;
  /** Since when the message has waited that waits longest; null if none waits. */
  readonly waitingSince: string | null;
  /** Messages that were given up; at most 10 000 are counted. */
  readonly failed: number;
}

const MOST = 10_000;
const iso = (column: string) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const counted = (state: string) => `(
  SELECT count(*)::integer FROM (
    SELECT FROM webhook_messages WHERE receiver = name AND state = '${state}' LIMIT ${MOST}) counted)`;

/** The first message of each partner has waited longest. */
const WAITING_SINCE = `(
  WITH ${lanes('name')}
  SELECT ${iso('min(head.retried_since)')} FROM lanes CROSS JOIN LATERAL (${headOf('name')}) head)`;

/** All receivers, by name: those of partners.yaml, and earlier ones with messages. */
export function listReceivers(dataSource: DataSource): Promise<Receiver[]> {
  return dataSource.query(
    `SELECT name, host, events, partners, configured, ${iso('last_delivered_at')} AS "lastDeliveredAt",
       ${iso('failing_since')} AS "failingSince", failure, ${iso('disabled_at')} AS "disabledAt",
       ${counted('waiting')} AS waiting, ${WAITING_SINCE} AS "waitingSince",
       ${counted('failed')} AS failed
     FROM webhook_receivers ORDER BY name`,
  );
}
