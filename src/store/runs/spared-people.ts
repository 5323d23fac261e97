/**
 * The people who may be in a snapshot although no usable record has them: each rejected record is about one of them. The
 * identity key of a rejected record names its person. Null stands for a person whose identity cannot be read, who may be
 * anyone.
 *
 * @param run the parameter with our id of the run, whose rejected records may be stored already
 * @param keys the parameter with the identity keys of further rejected records, in hexadecimal or null
 * @returns a part of a WITH, for {@link isSpared}
 */
export function sparedPeople(run: string, keys: string): string {
  return `spared AS MATERIALIZED (
    SELECT decode(key, 'hex') AS identity_key FROM unnest(${keys}::text[]) key
    UNION ALL
    SELECT identity_key FROM rejected_records WHERE run_id = ${run}
  )`;
}

/**
 * Whether an absent provider stays in the partner's list, because a rejected record may be about this person.
 *
 * @param key the SQL for the provider's identity key
 */
export function isSpared(key: string): string {
  return `(
    EXISTS (SELECT FROM spared WHERE identity_key IS NULL)
    OR ${key} IN (SELECT identity_key FROM spared WHERE identity_key IS NOT NULL))`;
}
