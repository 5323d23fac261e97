import { type Conditions, isId } from '../lists/conditions';
import { CLINIC_KEY, isClinicKey } from '../schema/clinic-key';
import { folded } from '../schema/folded';
import { isIndexed } from './search-words';

/** How a part of a name is compared. `begins` and `contains` ignore case, accents and punctuation; `is` is exact. */
export interface NameMatch {
  readonly text: string;
  readonly how: 'begins' | 'contains' | 'is';
}

/** The filters of a list of providers that only FHIR's searches have. */
export interface ProviderNarrowing {
  /** Words of the name, or parts of words, in any order. */
  readonly nameSearch?: string | undefined;
  /** One of these ids. */
  readonly ids?: readonly string[] | undefined;
  readonly familyName?: NameMatch | undefined;
  readonly givenName?: NameMatch | undefined;
  /** ISO 8601. */
  readonly changedBefore?: string | undefined;
  readonly hasClinic?: true | undefined;
  /** At one of these clinics, given by their keys in hexadecimal. */
  readonly clinicKeys?: readonly string[] | undefined;
}

/** Separates family name and given name in `name_key`. */
const TAB = 'chr(9)';

export function addNarrowing(conditions: Conditions, narrowing: ProviderNarrowing): void {
  const { ids, familyName, givenName, changedBefore, hasClinic, clinicKeys } = narrowing;
  if (ids) conditions.add(`providers.id = ANY (${conditions.parameter(ids.filter(isId))}::uuid[])`);
  if (familyName) {
    addName(conditions, familyName, { column: 'family_name', part: 1, before: `''`, after: TAB });
  }
  if (givenName) {
    addName(conditions, givenName, { column: 'given_name', part: 2, before: `'%' || ${TAB}`, after: `''` });
  }
  conditions.isBefore('last_changed_at', changedBefore);
  if (hasClinic || clinicKeys) conditions.add('clinic IS NOT NULL');
  if (clinicKeys) {
    const keys = clinicKeys.filter(isClinicKey).map((key) => Buffer.from(key, 'hex'));
    conditions.add(`${CLINIC_KEY} = ANY (${conditions.parameter(keys)}::bytea[])`);
  }
}

interface NamePart {
  readonly column: string;
  /** Its number in `name_key`. */
  readonly part: 1 | 2;
  /** The patterns for the text before and after it in `name_key`. */
  readonly before: string;
  readonly after: string;
}

/** An index answers the condition on `name_key`, by the order of names or by parts of names. */
function addName(
  conditions: Conditions,
  { text, how }: NameMatch,
  { column, part, before, after }: NamePart,
): void {
  const parameter = `${conditions.parameter(text)}::text`;
  // A text of punctuation only folds to nothing. It becomes NULL and so matches no name.
  const key = `nullif(${folded(parameter)}, '')`;
  if (how === 'begins') conditions.add(`name_key LIKE ${before} || ${key} || '%'`);
  if (how === 'contains') {
    conditions.add(isIndexed(parameter));
    conditions.add(`split_part(name_key, ${TAB}, ${part}) LIKE '%' || ${key} || '%'`);
  }
  if (how === 'is') {
    conditions.add(`name_key LIKE ${before} || ${folded(parameter)} || ${after} || '%'`);
    conditions.add(`${column} = ${parameter}`);
  }
}
