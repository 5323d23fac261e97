import type { Json } from '../../contract/answer';
import { type AnswerHeaders, valuesOf } from '../../partner/call/answer-headers';
import { PartnerFailure } from '../../partner/call/partner-failure';
import type { Field } from '../../partner/config/partner';
import { type Candidate, findCandidates } from './find-candidates';
import { findLists } from './find-list';
import { type FoundNext, findNext, findTotal, isSize } from './find-next';
import type { LookedAt } from './look-at-answer';

/** A place in an answer, and others that may be the right one. */
export interface Choice {
  readonly place: string;
  readonly others: readonly string[];
}

/** An entry of partners.yaml, drafted from one answer. */
export interface Draft {
  readonly format: LookedAt['format'];
  readonly separator: LookedAt['separator'];
  /** `maxBytes` of an answer that is larger than the default. */
  readonly maxBytes: number | undefined;
  /** The number of records that were looked at. */
  readonly received: number;
  /** The place of the list; undefined if the format needs none. */
  readonly records: Choice | undefined;
  readonly next: FoundNext | undefined;
  /** Whether the answer has as many records as the address asks for. */
  readonly isFull: boolean;
  readonly total: string | undefined;
  readonly fields: { readonly [F in Field]?: Choice };
  /** Our fields that some records lack; also the given name if there is no place for it. */
  readonly optional: readonly Field[];
  readonly identity: readonly string[];
  /** Other places whose values are distinct; null if there is none, so that `identity` are names. */
  readonly otherIdentities: readonly string[] | null;
  readonly ignore: readonly string[];
  /** All places in the records. */
  readonly places: readonly string[];
}

const MIB = 2 ** 20;
/** The largest value of `maxBytes`. */
const MOST_BYTES = 2 * 2 ** 30;
/** For a large answer whose size is not known, and at least for any other. */
const UNKNOWN_SIZE = 64 * MIB;

const FIELDS = ['givenName', 'familyName', 'title', 'clinic'] as const;

/**
 * @param query of the request
 * @throws PartnerFailure `IncompleteResponse` if the answer has no records
 */
export function draftEntry(answer: LookedAt, query: URLSearchParams): Draft {
  const lists = answer.root === undefined ? [] : findLists(answer.root);
  const [list] = lists;
  const records = list?.records ?? answer.records;
  if (records.length === 0) {
    throw new PartnerFailure('IncompleteResponse', 'the answer had no list of records');
  }
  const isFull = [...query].some(([name, value]) => isSize(name) && value === String(records.length));
  return {
    format: answer.format,
    separator: answer.separator,
    maxBytes: answer.isCut ? sizeFor(answer.headers) : undefined,
    received: records.length,
    records: list && list.place !== '' ? chooseFrom(lists.map(({ place }) => place)) : undefined,
    next: findNext(list?.envelope, answer.headers, query),
    isFull,
    total: findTotal(list?.envelope, isFull ? records.length + 1 : records.length),
    ...mapRecords(records),
  };
}

/** Twice what the partner announces, in whole MiB. A compressed file may not say that it is compressed. */
function sizeFor(headers: AnswerHeaders): number {
  const [length] =
    valuesOf(headers, 'Content-Encoding').length === 0 ? valuesOf(headers, 'Content-Length') : [];
  const bytes = 2 * Number(length ?? 0);
  return bytes <= MOST_BYTES ? Math.max(UNKNOWN_SIZE, Math.ceil(bytes / MIB) * MIB) : UNKNOWN_SIZE;
}

function mapRecords(records: readonly Json[]) {
  const { fields: found, identity, ignore, places } = findCandidates(records);
  const fields: { [F in Field]?: Choice } = {};
  for (const field of FIELDS) {
    const choice = chooseFrom(found[field].map(({ place }) => place));
    if (choice) fields[field] = choice;
  }
  const named = [fields.givenName, fields.familyName, fields.clinic].flatMap((choice) => choice?.place ?? []);
  return {
    fields,
    optional: FIELDS.filter((field) => field !== 'familyName' && canBeMissing(field, found[field][0])),
    identity: identity.length > 0 ? identity.slice(0, 1) : named,
    otherIdentities: identity.length > 0 ? identity.slice(1) : null,
    ignore,
    places,
  };
}

/** An entry without a place for the given name must say so. */
function canBeMissing(field: Field, candidate: Candidate | undefined): boolean {
  return candidate ? !candidate.isInAll : field === 'givenName';
}

function chooseFrom([place, ...others]: readonly string[]): Choice | undefined {
  return place === undefined ? undefined : { place, others };
}
