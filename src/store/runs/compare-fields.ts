import type { RefusedAnswer } from '../../contract/answer';
import type { Remark } from '../../contract/remarks';

/** How the fields of an answer differ from those of the partner's successful runs. */
export interface FieldChanges {
  /** Fields that partners.yaml does not name and the last successful run did not have. */
  readonly unknownFields: readonly string[];
  /** Fields of partners.yaml that the last successful run had and this answer lacks. */
  readonly vanishedFields: readonly string[];
  /** Names the fields of partners.yaml that no run has ever received. */
  readonly remarks: readonly Remark[];
}

interface Row extends Omit<FieldChanges, 'remarks'> {
  readonly neverSentFields: readonly string[];
}

/** What an answer shows that has no record of a person in the list. */
export const NO_CHANGES: FieldChanges = { unknownFields: [], vanishedFields: [], remarks: [] };

/** Runs of version 0.1.0 recorded the fields that they lacked, not those that they had. */
const HAD = 'CASE WHEN fields IS NULL THEN field <> ALL (vanished_fields) ELSE field = ANY (fields) END';

/**
 * Compares the fields of an answer with the partner's last successful run that had fields and, if a field is missing, with
 * all.
 */
export async function compareFields(
  runner: { query<T>(sql: string, parameters: unknown[]): Promise<T> },
  runId: string,
  { unknownFields, vanishedFields }: Pick<RefusedAnswer, 'unknownFields' | 'vanishedFields'>,
): Promise<FieldChanges> {
  if (unknownFields.length === 0 && vanishedFields.length === 0) return NO_CHANGES;
  const [row] = await runner.query<[Row]>(
    `WITH this AS (SELECT partner FROM sync_runs WHERE id = $1), last AS (
       SELECT fields, unknown_fields, vanished_fields FROM sync_runs
       WHERE partner = (SELECT partner FROM this) AND status = 'succeeded' AND fields IS DISTINCT FROM '{}'
       ORDER BY finished_at DESC LIMIT 1
     )
     SELECT
       ARRAY(
         SELECT field FROM unnest($2::text[]) WITH ORDINALITY AS unknown (field, position)
         WHERE NOT EXISTS (SELECT 1 FROM last WHERE field = ANY (coalesce(fields, unknown_fields)))
         ORDER BY position) AS "unknownFields",
       ARRAY(
         SELECT field FROM unnest($3::text[]) WITH ORDINALITY AS missing (field, position)
         WHERE EXISTS (SELECT 1 FROM last WHERE ${HAD})
         ORDER BY position) AS "vanishedFields",
       ARRAY(
         SELECT field FROM unnest($3::text[]) WITH ORDINALITY AS missing (field, position)
         WHERE NOT EXISTS (
           SELECT 1 FROM sync_runs
           WHERE partner = (SELECT partner FROM this) AND status = 'succeeded' AND ${HAD})
         ORDER BY position) AS "neverSentFields"`,
    [runId, unknownFields, vanishedFields],
  );
  return {
    unknownFields: row.unknownFields,
    vanishedFields: row.vanishedFields,
    remarks: row.neverSentFields.map((field) => ({ type: 'FieldNeverSent', field, count: null })),
  };
}
