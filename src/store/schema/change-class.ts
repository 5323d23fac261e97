import { ATTRIBUTE, type ChangeField } from '../../contract/changes';

/** The class of a change, by which changes are filtered and counted. */
export type ChangeClass = ChangeField | 'left' | 'returned';

/**
 * The SQL conditions for the classes of rows of `provider_changes`. Each is the condition of a partial index, so that an
 * index alone can answer; a change of one needs a migration.
 */
export const IS_OF_CLASS: Readonly<Record<ChangeClass, string>> = {
  left: `field = 'listed' AND after = 'false'`,
  returned: `field = 'listed' AND after = 'true'`,
  title: `field = 'title'`,
  clinic: `field = 'clinic'`,
  name: `field IN ('givenName', 'familyName')`,
  other: `field LIKE '${ATTRIBUTE}%'`,
};
