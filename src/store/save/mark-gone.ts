import type { Transaction } from '../postgres/transaction';

/**
 * Marks earlier rejected records of the partner as gone if their person is in `staged_providers`. The merge must have
 * happened. Records are locked in the order of their key, as an operator's decision locks them.
 *
 * A record without an identity is about the person of exactly its name, if the partner has only one of this name.
 */
export async function markGone({ runner }: Transaction, runId: string, partner: string): Promise<void> {
  await runner.query(MARK_GONE, [partner, runId]);
}

/*
 * `came` is materialized: Postgres evaluates the conditions of a locked row again if another transaction changed it
 * meanwhile, and loses rows if an UNION ALL is part of these conditions.
 */
const MARK_GONE = `
  WITH came AS MATERIALIZED (
    SELECT records.run_id, records.position
    FROM rejected_records records JOIN pg_temp.staged_providers staged USING (identity_key)
    WHERE records.partner = $1 AND gone_by_run IS NULL AND records.identity_key IS NOT NULL
    UNION ALL
    SELECT records.run_id, records.position
    FROM rejected_records records
    JOIN providers ON providers.partner = $1 AND providers.name_key = records.name_key
      AND providers.family_name = records.family_name AND providers.given_name = records.given_name
    JOIN pg_temp.staged_providers staged ON staged.identity_key = providers.identity_key
    WHERE records.partner = $1 AND gone_by_run IS NULL AND records.identity_key IS NULL
      AND NOT EXISTS (
        SELECT FROM providers other
        WHERE other.partner = $1 AND other.name_key = records.name_key AND other.id <> providers.id)
  ), locked AS (
    SELECT run_id, position FROM rejected_records JOIN came USING (run_id, position)
    WHERE run_id <> $2
    ORDER BY run_id, position
    FOR NO KEY UPDATE OF rejected_records
  )
  UPDATE rejected_records SET gone_by_run = $2
  FROM locked
  WHERE rejected_records.run_id = locked.run_id AND rejected_records.position = locked.position`;
