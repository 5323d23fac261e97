import type { Json } from '../../contract/answer';
import { adviseOn } from '../../contract/failures';
import { REMARKS } from '../../contract/remarks';
import { compileMapping, type Source } from '../../partner/answer/mapping';
import type { Partner } from '../../partner/config/partner';
import { compilePath } from '../../partner/language/path';
import { suggest } from '../../process/suggest';
import { listPlaces, SEARCHED } from '../list-places';
import type { CheckFailure, ReadPages } from './read-pages';

const SHOWN_PLACES = 20;

/** What to change in partners.yaml, or to ask the partner, after its pages were read. */
export function findAdvice(partner: Partner, read: ReadPages): string[] {
  const { failure, remarks } = read;
  const usable = read.usable.map(({ sent }) => sent);
  const records = [...usable, ...read.rejected.first.slice(0, SEARCHED).flatMap(({ raw }) => parse(raw))];
  return [
    ...(failure ? [adviseOnFailure(partner, failure)] : []),
    ...(records.length > 0 ? findMistakes(partner, read, records) : []),
    ...findOptional(partner, read),
    ...findSharedIdentity(read),
    ...new Set(remarks.map(({ type }) => REMARKS[type].advice)),
  ];
}

function adviseOnFailure({ providers }: Partner, failure: CheckFailure): string {
  if (!failure.lists) return adviseOn(failure);
  const { lists } = failure;
  const place = providers.records ?? 'missing';
  const begin = `providers.records is ${place} in partners.yaml, but the answer has no list there.`;
  if (lists.length === 0) return `${begin} It has no list at all.`;
  return lists[0] === ''
    ? `${begin} The answer itself is a list: remove records.`
    : `${begin} Its lists are at: ${lists.join(', ')}.`;
}

/** A raw text that was cut is not JSON. */
function parse(raw: string): Json[] {
  try {
    return [JSON.parse(raw)];
  } catch {
    return [];
  }
}

/** Places in partners.yaml that no record has. */
function findMistakes(
  partner: Partner,
  { sentFields, marks }: ReadPages,
  records: readonly Json[],
): string[] {
  const { fields, identity, departed } = compileMapping(partner);
  const places = listPlaces(records);
  const isMissing = ({ text, value }: Source) =>
    !sentFields.includes(text) && records.every((record) => value.read(record) === undefined);
  const ignored = partner.ignore.filter((text) => {
    const path = compilePath(text);
    return records.every((record) => path.read(record) === undefined);
  });
  const fieldTexts = fields.map(({ text }) => text);
  return [
    ...fields.filter(isMissing).map(({ field, text }) => missing(`fields.${field}`, text, places)),
    ...identity
      .filter((source) => !fieldTexts.includes(source.text) && isMissing(source))
      .map(({ text }) => missing('identity', text, places)),
    ...ignored.map((text) => missing('ignore', text, places)),
    ...(departed && marks === 0 && records.every((record) => lacks(record, departed))
      ? [`${missing('departed', departed.text, places)} ${ONLY_OF_LEFT}`]
      : []),
  ];
}

const ONLY_OF_LEFT = 'It is right if the partner sends it only for people who left.';

/** Whether a record has no value at a path, or none of the keys that an expression reads. */
function lacks(record: Json, { value }: Source): boolean {
  if (value.kind === 'path') return value.read(record) === undefined;
  const keys = record !== null && typeof record === 'object' ? Object.keys(record) : [];
  return value.reads.size > 0 && !keys.some((key) => value.reads.has(key));
}

function missing(key: string, text: string, places: readonly string[]): string {
  const suggestion = suggestPlace(text, places);
  const known =
    suggestion === '' ? ` The records have: ${places.slice(0, SHOWN_PLACES).join(', ') || 'nothing'}.` : '';
  const end = suggestion === '' ? '.' : suggestion;
  return `${key} is ${text} in partners.yaml, but no record has a value there${end}${known}`;
}

/** A place with the same last key comes before one that is spelled in a similar way. */
function suggestPlace(text: string, places: readonly string[]): string {
  if (text.startsWith('=')) return '';
  const same = places.find((place) => lastKey(place) === lastKey(text));
  return same === undefined ? suggest(text, places) : `; did you mean ${same}?`;
}

function lastKey(place: string): string {
  return place
    .slice(place.lastIndexOf('.') + 1)
    .toLowerCase()
    .replace(/[\s_-]/g, '');
}

/** Fields that some records lack. */
function findOptional(partner: Partner, { rejected, sentFields }: ReadPages): string[] {
  const lacking = new Set(
    rejected.groups
      .filter(({ reason }) => ['MissingField', 'NullField', 'BlankField'].includes(reason))
      .map(({ field }) => field),
  );
  return (['givenName', 'title', 'clinic'] as const)
    .filter((field) => {
      const text = partner.fields[field];
      return text !== undefined && lacking.has(text) && sentFields.includes(text);
    })
    .map((field) => `Some records have no ${field}. To accept them, add ${field} to optional.`);
}

function findSharedIdentity({ rejected }: ReadPages): string[] {
  const shared = rejected.groups.find(({ reason }) => reason === 'ConflictingDuplicate');
  if (!shared) return [];
  return [
    `${shared.count} records have the identity of another record and differ from it. Add a place to identity that distinguishes them.`,
  ];
}
