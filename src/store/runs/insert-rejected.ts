/**
 * The statement that keeps the rejected records of a run, to stand in or after a WITH.
 *
 * @param run a table or subquery with the columns `id` and `partner` of the run; no row where nothing is to be kept
 * @param records the parameter with the records, as JSON
 */
export function insertRejected(run: string, records: string): string {
  return `
    INSERT INTO rejected_records (run_id, partner, position, reason, field, raw)
    SELECT run.id, run.partner, position, reason, field, raw
    FROM ${run} AS run CROSS JOIN json_to_recordset(${records}) AS rejected (
      position integer, reason text, field text, raw text)`;
}
