const PARTNER_LOCK = `hashtext('provider-sync webhooks'), hashtext(partner)`;

const LOCKS = {
  waiting: `pg_advisory_xact_lock(${PARTNER_LOCK}) IS NOT NULL`,
  skipping: `pg_try_advisory_xact_lock(${PARTNER_LOCK})`,
};

/**
 * The INSERT of messages. Before a message gets its number, its transaction takes a lock of the partner until its end. So
 * the numbers of a partner have the order of the commits: no message is sent before one with a lower number is there.
 *
 * @param due a SELECT of `receiver`, `event`, `partner`, `subject_id` and `data`
 * @param lock `waiting` for messages of one partner; `skipping` leaves out partners whose lock another transaction holds
 */
export function insertMessages(due: string, lock: keyof typeof LOCKS = 'waiting'): string {
  return `
    INSERT INTO webhook_messages (receiver, event, partner, subject_id, data)
    WITH due (receiver, event, partner, subject_id, data) AS MATERIALIZED (${due})
    SELECT receiver, event, partner, subject_id, data FROM due WHERE ${LOCKS[lock]}
    ON CONFLICT DO NOTHING`;
}
