import { type Conditions, isId } from '../lists/conditions';
import { CLINIC_KEY, isClinicKey } from '../schema/clinic-key';
import { folded } from '../schema/folded';

/** What a part of a name is compared with. But for `is`, case, accents and punctuation do not matter. */
export interface NameMatch {
  readonly text: string;
  readonly how: 'begins' | 'contains' | 'is';
}

/** Narrows a list of providers as FHIR's searches do. */
export interface ProviderNarrowing {
  /** One of these. */
  readonly ids?: readonly string[] | undefined;
  readonly familyName?: NameMatch | undefined;
  readonly givenName?: NameMatch | undefined;
  /** ISO 8601. */
  readonly changedBefore?: string | undefined;
  readonly hasClinic?: true | undefined;
  /** At one of these clinics, by their keys in hexadecimal. */
  readonly clinicKeys?: readonly string[] | undefined;
}

/** Where the parts of a name stand in `name_key`, to either side of this. */
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
  /** The patterns for what surrounds it in `name_key`. */
  readonly before: string;
  readonly after: string;
}

/** The condition on `name_key` is what an index answers: by the order of names, or by parts of them. */
function addName(
  conditions: Conditions,
  { text, how }: NameMatch,
  { column, part, before, after }: NamePart,
): void {
  const parameter = `${conditions.parameter(text)}::text`;
  // Of a text that is nothing but punctuation nothing is left: null, which no name is like.
  const key = `nullif(${folded(parameter)}, '')`;
  if (how === 'begins') conditions.add(`name_key LIKE ${before} || ${key} || '%'`);
  if (how === 'contains') {
    conditions.add(`name_key LIKE '%' || ${key} || '%'`);
    conditions.add(`split_part(name_key, ${TAB}, ${part}) LIKE '%' || ${key} || '%'`);
  }
  if (how === 'is') {
    conditions.add(`name_key LIKE ${before} || ${folded(parameter)} || ${after} || '%'`);
    conditions.add(`${column} = ${parameter}`);
  }
}
