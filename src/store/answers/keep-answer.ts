import type { AnswerCopy } from '../../contract/activities';
import type { Transaction } from '../postgres/transaction';

/*
 * The copy of a run's answer, which is kept for some days so that the run can be replayed.
 */

/** Which answer is kept, and for how long. */
export interface AnswerToKeep {
  /** Left out if the answer was staged: its copy then is in the staged pages. */
  readonly copy?: AnswerCopy | undefined;
  /** Milliseconds; 0 keeps nothing. */
  readonly keepFor: number;
}

/**
 * The statement that keeps the copy of an answer with one page, for use in a WITH. A second execution changes nothing.
 *
 * @param run a table or subquery with the column `id` of the run; without a row, nothing is kept
 * @param parts the parameter with the parts in Base64, as text[]; empty to keep nothing
 */
export function insertCopy(run: string, parts: string): string {
  return `
    INSERT INTO kept_answers (run_id, page, part, sealed)
    SELECT run.id, 1, place - 1, decode(part, 'base64')
    FROM ${run} AS run CROSS JOIN unnest(${parts}::text[]) WITH ORDINALITY AS parts (part, place)
    ON CONFLICT DO NOTHING`;
}

/**
 * The part of an UPDATE of `sync_runs` that records the copy of an answer with one page.
 *
 * @param sha256 the parameter with the hash in hex; null if there is no copy
 * @param keepFor the parameter with the milliseconds that it is kept
 */
export function setCopy(sha256: string, keepFor: string): string {
  return `
    answer_sha256 = coalesce(decode(${sha256}::text, 'hex'), answer_sha256),
    answer_kept_until = CASE WHEN ${sha256} IS NULL THEN answer_kept_until ELSE ${keptUntil(keepFor)} END`;
}

/** The values of the parameters of {@link insertCopy} and {@link setCopy}. */
export function copyValues({ copy, keepFor }: AnswerToKeep) {
  return keepFor > 0 && copy
    ? { parts: copy.parts, sha256: copy.sha256, keepFor }
    : { parts: [], sha256: null, keepFor: 0 };
}

/** Keeps the copy of the staged pages. A second execution changes nothing. */
export async function keepStagedCopy({ runner }: Transaction, runId: string, keepFor: number): Promise<void> {
  if (keepFor === 0) return;
  await runner.query(
    `WITH kept AS (
       INSERT INTO kept_answers (run_id, page, part, sealed)
       SELECT run_id, page, position, sealed FROM staged_records WHERE run_id = $1 AND sealed IS NOT NULL
       ON CONFLICT DO NOTHING
     )
     UPDATE sync_runs SET answer_sha256 = answer.sha256, answer_kept_until = ${keptUntil('$2')}
     FROM (
       SELECT CASE count(*)
         WHEN 1 THEN min(encode(answer_sha256, 'hex'))::text
         ELSE encode(sha256(string_agg(answer_sha256, ''::bytea ORDER BY page)), 'hex') END AS hex
       FROM staged_pages WHERE run_id = $1 HAVING bool_and(answer_sha256 IS NOT NULL)) hashes
     CROSS JOIN LATERAL (SELECT decode(hex, 'hex') AS sha256) answer
     WHERE sync_runs.id = $1`,
    [runId, keepFor],
  );
}

function keptUntil(keepFor: string): string {
  return `now() + ${keepFor}::double precision * interval '1 millisecond'`;
}
