/**
 * The statement that adds calls to a run's ledger, to stand in a WITH.
 *
 * @param run the parameter with our id of the run, such as `$1`
 * @param calls the parameter with the calls, as JSON
 */
export function insertCalls(run: string, calls: string): string {
  // Durations are measured in fractions of a millisecond; `numeric` takes and the column rounds them.
  return `
    INSERT INTO partner_calls (
      run_id, endpoint, attempt, started_at, took_ms, http_status, bytes, outcome, detail)
    SELECT
      ${run}::uuid, endpoint, attempt, "startedAt", "tookMs", "httpStatus", bytes, outcome, detail
    FROM json_to_recordset(${calls}) AS calls (
      endpoint text, attempt integer, "startedAt" timestamptz, "tookMs" numeric,
      "httpStatus" integer, bytes integer, outcome text, detail text)`;
}
