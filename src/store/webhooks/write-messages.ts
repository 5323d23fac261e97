import type { WebhookEvent } from '../../contract/webhooks';
import { isGood } from '../runs/good-run';
import { insertMessages } from './insert-messages';

/** The columns of a row of `sync_runs` that {@link messagesOfEnd} reads, for use after RETURNING. */
export const REPORTED_COLUMNS = `
  id, partner, status, replay_of, failure_type, finished_at, inserted, updated, departed, rejected`;

/** Whether a run says something about its partner, in SQL. A replay, and a start without a known partner, do not. */
const isNews = (run: string) =>
  `${run}.replay_of IS NULL AND ${run}.failure_type IS DISTINCT FROM 'UnknownPartner'`;

/** Whether the partner's run before this one failed, in SQL. The statement does not see its own run as ended. */
const FAILED_BEFORE = `(
  SELECT status <> 'succeeded' FROM sync_runs before
  WHERE before.partner = ended.partner AND before.status IN ('succeeded', 'failed', 'abandoned')
    AND ${isNews('before')}
  ORDER BY before.started_at DESC, before.id DESC LIMIT 1)`;

/** Whether the receiver got a message that the data of the last good run is no longer fresh, in SQL. */
const WAS_LOST = `EXISTS (
  SELECT FROM webhook_messages lost
  WHERE lost.receiver = subscription.receiver AND lost.event = 'freshness.lost' AND lost.subject_id = (
    SELECT good.id FROM sync_runs good WHERE good.partner = ended.partner AND ${isGood('good')}
    ORDER BY good.finished_at DESC LIMIT 1))`;

/** What messages say about a run, from its {@link REPORTED_COLUMNS}. */
export const REPORT = `jsonb_strip_nulls(jsonb_build_object(
  'status', status, 'failure', failure_type, 'finishedAt', finished_at,
  'added', inserted, 'changed', updated, 'left', departed, 'rejected', rejected))`;

const CONDITIONS: Readonly<Partial<Record<WebhookEvent, string>>> = {
  'run.failed': `ended.status IN ('failed', 'abandoned') AND ${isNews('ended')}`,
  'run.recovered': `ended.status = 'succeeded' AND ended.replay_of IS NULL AND ${FAILED_BEFORE}`,
  'directory.changed': `ended.status = 'succeeded' AND ended.inserted + ended.updated + ended.departed > 0`,
  'freshness.restored': `ended.status = 'succeeded' AND ended.replay_of IS NULL AND ${WAS_LOST}`,
};

/**
 * The part of a WITH that writes the messages about the end of a run. They are stored if and only if the end is.
 *
 * @param subscriptions the parameter with the {@link Subscriptions}
 * @param ended the part that ends the run; it returns {@link REPORTED_COLUMNS}
 */
export function messagesOfEnd(subscriptions: string, ended = 'ended'): string {
  const events = Object.entries(CONDITIONS);
  const conditions = events.map(([event, condition]) => `WHEN '${event}' THEN ${condition}`).join('\n');
  const due = `
    SELECT receiver, event, ended.partner, ended.id, ${REPORT}
    FROM ${ended} ended JOIN ${subscribed(subscriptions, 'ended.partner')}
    WHERE CASE event ${conditions} ELSE false END`;
  return `messages AS (${insertMessages(due)})`;
}

/**
 * The part of a WITH that writes the messages about a snapshot that waits for an approval.
 *
 * @param subscriptions the parameter with the {@link Subscriptions}
 * @param held the part that holds the snapshot
 */
export function messagesOfHold(subscriptions: string, held: string): string {
  const due = `
    SELECT receiver, event, held.partner, held.id, jsonb_build_object(
      'departing', held.approval_departing, 'listed', held.approval_listed, 'deadline', held.approval_deadline)
    FROM ${held} held JOIN ${subscribed(subscriptions, 'held.partner')}
    WHERE event = 'approval.needed'`;
  return `messages AS (${insertMessages(due)})`;
}

/**
 * The statement that writes the messages about an erased person, after a WITH whose part `receipt` writes the receipt.
 *
 * @param subscriptions the parameter with the {@link Subscriptions}
 */
export function messagesOfErasure(subscriptions: string): string {
  return insertMessages(`
    SELECT receiver, event, receipt.partner, receipt.provider_id, jsonb_build_object('erasureId', receipt.id)
    FROM receipt JOIN ${subscribed(subscriptions, 'receipt.partner')}
    WHERE event = 'provider.erased'`);
}

/** What a FROM joins: the subscriptions that cover the partner. */
export function subscribed(subscriptions: string, partner: string): string {
  return `jsonb_to_recordset(${subscriptions}::jsonb) AS subscription (receiver text, event text, partners text[])
    ON subscription.partners IS NULL OR ${partner} = ANY (subscription.partners)`;
}
