import { ATTRIBUTE } from '../../contract/changes';

/**
 * The SQL condition that a provider must be written: the partner sent it with another value, or it had left.
 *
 * @param stored what comes before the names of the columns of the stored provider, such as `known.`
 * @param sent the same for the provider that the partner sent
 */
export function isChanged(stored: string, sent: string): string {
  return `(NOT ${stored}listed
    OR ${stored}given_name <> ${sent}given_name
    OR ${stored}family_name <> ${sent}family_name
    OR ${stored}title IS DISTINCT FROM ${sent}title
    OR ${stored}clinic IS DISTINCT FROM ${sent}clinic
    OR ${stored}attributes <> ${sent}attributes)`;
}

/**
 * The SQL of a table with the columns `field`, `before` and `after`: all fields of a provider, as its changes name them.
 * A field has changed if the two values are distinct. The parameters are those of {@link isChanged}.
 */
export function fieldRows(stored: string, sent: string): string {
  return `
    VALUES
      ('givenName', to_jsonb(${stored}given_name), to_jsonb(${sent}given_name)),
      ('familyName', to_jsonb(${stored}family_name), to_jsonb(${sent}family_name)),
      ('title', to_jsonb(${stored}title), to_jsonb(${sent}title)),
      ('clinic', to_jsonb(${stored}clinic), to_jsonb(${sent}clinic)),
      ('listed', to_jsonb(${stored}listed), to_jsonb(true))
    UNION ALL
    SELECT '${ATTRIBUTE}' || key, old.value, new.value
    FROM jsonb_each(${stored}attributes) old FULL JOIN jsonb_each(${sent}attributes) new USING (key)`;
}
