import { prepared } from '../postgres/prepared';
import type { Transaction } from '../postgres/transaction';
import { stagedProviders } from './stage-providers';

interface StoredAnswer {
  /** Our id of the run. */
  readonly runId: string;
  readonly partner: string;
  /** As in `ReadyAnswer`. */
  readonly few: string | null;
  /** The number of staged records. */
  readonly distinct: number;
  /** When the run began whose answer is stored again; null if the answer is new. */
  readonly answeredAt: Date | null;
}

/** Up to this size, each person of an answer is looked up. */
const SMALL_ANSWER = 1_000;

/**
 * Marks earlier rejected records of the partner as gone if their person is staged. The merge must have
 * happened. Records are locked in the order of their key, as an operator's decision locks them.
 *
 * An answer that is stored again says nothing about records that came with it or later.
 *
 * A record without an identity is about the person of exactly its name, if the partner has only one of this name.
 */
export async function markGone(
  { runner }: Transaction,
  { runId, partner, few, distinct, answeredAt }: StoredAnswer,
): Promise<void> {
  const values = [partner, runId, answeredAt];
  if (few !== null) {
    await runner.query(MARK_GONE_BY_FEW, [...values, few]);
    return;
  }
  await runner.query(distinct > SMALL_ANSWER ? MARK_GONE_BY_LARGE : MARK_GONE_BY_SMALL, values);
}

/**
 * Whether the partner has a rejected record whose person has not come, in SQL. Usually it has none.
 *
 * @param partner the parameter with its name
 */
export function hasMissing(partner: string): string {
  const missing = `SELECT FROM rejected_records WHERE partner = ${partner} AND gone_by_run IS NULL`;
  return `(EXISTS (${missing} AND identity_key IS NOT NULL) OR EXISTS (${missing} AND identity_key IS NULL))`;
}

const MISSING = `
  SELECT run_id, position, identity_key FROM rejected_records
  WHERE partner = $1 AND gone_by_run IS NULL AND identity_key IS NOT NULL`;

const MARK_GONE_BY_LARGE = markGoneStatement(`JOIN (${MISSING}) missing USING (identity_key)`);

/**
 * Postgres has no statistics of `staged_providers`, and would read all missing records for ten people. OFFSET 0 makes it
 * look them up.
 */
const LOOK_UP = `CROSS JOIN LATERAL (${MISSING} AND identity_key = staged.identity_key OFFSET 0) missing`;
const MARK_GONE_BY_SMALL = markGoneStatement(LOOK_UP);
const MARK_GONE_BY_FEW = prepared(markGoneStatement(LOOK_UP, `${stagedProviders('$4')},`));

/**
 * `came` is materialized: Postgres evaluates the conditions of a locked row again if another transaction changed it
 * meanwhile, and loses rows if a UNION ALL is part of these conditions.
 *
 * @param joinMissing joins `staged` with the records whose person has not come
 * @param staged what defines `staged_providers`, if it is not a table
 */
function markGoneStatement(joinMissing: string, staged = ''): string {
  return `
    WITH ${staged} came AS MATERIALIZED (
      SELECT missing.run_id, missing.position FROM staged_providers staged ${joinMissing}
      UNION ALL
      SELECT missing.run_id, missing.position
      FROM rejected_records missing
      JOIN providers ON providers.partner = $1 AND providers.name_key = missing.name_key
        AND providers.family_name = missing.family_name AND providers.given_name = missing.given_name
      JOIN staged_providers staged ON staged.identity_key = providers.identity_key
      WHERE missing.partner = $1 AND gone_by_run IS NULL AND missing.identity_key IS NULL
        AND NOT EXISTS (
          SELECT FROM providers other
          WHERE other.partner = $1 AND other.name_key = missing.name_key AND other.id <> providers.id)
    ), locked AS (
      SELECT run_id, position FROM rejected_records JOIN came USING (run_id, position)
      WHERE run_id <> $2 AND ($3::timestamptz IS NULL OR created_at < $3)
      ORDER BY run_id, position
      FOR NO KEY UPDATE OF rejected_records
    )
    UPDATE rejected_records SET gone_by_run = $2
    FROM locked
    WHERE rejected_records.run_id = locked.run_id AND rejected_records.position = locked.position`;
}
