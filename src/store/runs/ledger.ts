import type { DataSource } from 'typeorm';
import type { PartnerCall } from '../../contract/call';
import { MAX_CALLS_PER_ENDPOINT } from '../../contract/names';
import { prepared } from '../postgres/prepared';

const RECORD_CALL = prepared(`
  ${insertCalls('$1', '$2')}
  ON CONFLICT (run_id, endpoint, attempt) DO UPDATE
  SET took_ms = excluded.took_ms, http_status = excluded.http_status, bytes = excluded.bytes,
    outcome = excluded.outcome, detail = excluded.detail
  WHERE partner_calls.outcome = 'Interrupted'`);

/** Records one call as soon as it has ended. It replaces what was only known as an interrupted call. */
export async function recordCall(dataSource: DataSource, runId: string, call: PartnerCall): Promise<void> {
  await dataSource.query(RECORD_CALL, [runId, JSON.stringify([call])]);
}

/**
 * The statement that adds the calls that the ledger of a run lacks, for use in a WITH.
 *
 * @param run the parameter with our id of the run, such as `$1`
 * @param calls the parameter with the calls, as JSON
 */
export function insertMissingCalls(run: string, calls: string): string {
  return `${insertCalls(run, calls)} ON CONFLICT (run_id, endpoint, attempt) DO NOTHING`;
}

function insertCalls(run: string, calls: string): string {
  // After a restore of Postgres, Temporal may run a run that the table does not have.
  // Durations are measured in fractions of a millisecond; `numeric` takes them and the column rounds them.
  return `
    INSERT INTO partner_calls (
      run_id, endpoint, page, attempt, scheduled_at, started_at, took_ms, http_status, bytes, outcome, detail)
    SELECT
      ${run}::uuid, endpoint, coalesce(page, 1), attempt + ${attemptsBefore('coalesce(page, 1)')},
      "scheduledAt", "startedAt", "tookMs", "httpStatus", bytes, outcome, detail
    FROM json_to_recordset(${calls}) AS calls (
      endpoint text, page integer, attempt integer, "scheduledAt" timestamptz, "startedAt" timestamptz,
      "tookMs" numeric, "httpStatus" integer, bytes integer, outcome text, detail text)
    WHERE EXISTS (SELECT FROM sync_runs WHERE id = ${run}::uuid)`;
}

/** What a query selects from `partner_calls` for a {@link PartnerCall}; the time as a date, and the page always. */
export const CALL_COLUMNS = `
  endpoint, page, attempt - ${attemptsBefore('page')} AS attempt, scheduled_at AS "scheduledAt",
  started_at AS "startedAt", took_ms AS "tookMs", http_status AS "httpStatus", bytes, outcome, detail`;

/**
 * The condition in SQL of a call that repeats an earlier one: to the same endpoint, for the same page. An index has
 * exactly this condition.
 */
export const IS_REPEAT = '(partner_calls.attempt - 1) % 3 > 0';

/** The table counts the attempts within the run. Each page has room for as many as it may need. */
function attemptsBefore(page: string): string {
  return `${MAX_CALLS_PER_ENDPOINT} * (${page} - 1)`;
}

/**
 * The statement that keeps the rejected records of a run, for use in or after a WITH.
 *
 * @param run a table or subquery with the columns `id` and `partner` of the run; without a row, nothing is kept
 * @param records the parameter with the records and their persons, as JSON
 */
export function insertRejected(run: string, records: string): string {
  return `
    INSERT INTO rejected_records (
      run_id, partner, position, reason, field, raw, identity_key, given_name, family_name)
    SELECT run.id, run.partner, position, reason, field, raw, decode("identityKey", 'hex'), "givenName", "familyName"
    FROM ${run} AS run CROSS JOIN json_to_recordset(${records}) AS rejected (
      position integer, reason text, field text, raw text,
      "identityKey" text, "givenName" text, "familyName" text)`;
}
