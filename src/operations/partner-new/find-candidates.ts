import type { Json } from '../../contract/answer';
import type { Field } from '../../partner/config/partner';
import { compileValue } from '../../partner/language/value';
import { listPlaces } from '../list-places';
import { inCurrentEntry } from './current-entry';

/** Places in a record that may be what partners.yaml needs, the best first. */
export interface Candidates {
  readonly fields: { readonly [F in Field]: readonly Candidate[] };
  /** Every record has a value there, and no two have the same. */
  readonly identity: readonly string[];
  readonly ignore: readonly string[];
  /** All places. */
  readonly places: readonly string[];
}

export interface Candidate {
  readonly place: string;
  /** Whether every record has a text there. */
  readonly isInAll: boolean;
}

/** Ends of places, compared without case, separators and indexes. */
const NAMES: { readonly [F in Field]: readonly RegExp[] } = {
  givenName: [/(given|first|fore)names?$/, /name(given|first|fore)$/, /(given|first|forename)$/],
  familyName: [/(family|last|sur)names?$/, /name(family|last)$/, /(family|surname|last)$/],
  title: [/title$/, /(credentials?|prefix|degree)$/, /(role|profession|suffix)$/],
  clinic: [/(clinic|practice)(name)?$/, /(site|facility|location|organi[sz]ation|hospital)(name)?$/, /city$/],
};
const IDENTITY = /(^|[a-z])(id|npi|uuid|guid|number|identifiervalue|license|code)$/;
const IGNORED =
  /(updated|modified|changed|synced|fetched|seen)(at|on|date|time|timestamp)?$|^(etag|version)$/;

/** Looks for our fields, ids and times of changes in records. */
export function findCandidates(records: readonly Json[]): Candidates {
  const places = listPlaces(records);
  const ignore = places.filter((place) => IGNORED.test(nameOf(place)));
  const others = places.filter((place) => !ignore.includes(place));
  const valuesAt = (place: string) => {
    const value = compileValue(place);
    return records.map((record) => value.read(record) ?? null);
  };
  const find = (field: Field) =>
    NAMES[field]
      .flatMap((name) => others.filter((place) => name.test(nameOf(place))))
      .map((place) => inCurrentEntry(place, records))
      .filter((place, index, all) => all.indexOf(place) === index)
      .map((place) => ({ place, isInAll: valuesAt(place).every(isText) }));
  return {
    fields: {
      givenName: find('givenName'),
      familyName: find('familyName'),
      title: find('title'),
      clinic: find('clinic'),
    },
    identity: others.filter((place) => IDENTITY.test(nameOf(place)) && areDistinct(valuesAt(place))),
    ignore,
    places,
  };
}

/** A place in lower case, without separators and indexes: `name.0.given.0` and `name_given` are both `namegiven`. */
export function nameOf(place: string): string {
  return place
    .split('.')
    .filter((key) => !/^\d+$/.test(key))
    .join('')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function isText(value: Json): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function areDistinct(values: readonly Json[]): boolean {
  const usable = values.filter((value) => isText(value) || typeof value === 'number');
  return usable.length === values.length && new Set(usable.map(String)).size === values.length;
}
