import type { CheckedAnswer, CheckedProvider, Json, RejectedRecord, Rejection } from '../../contract/answer';
import type { Partner } from '../config/partner';
import { identityKey } from './identity';
import { readIdentity, readOptionalText, readText, type TextFault } from './read-text';
import {
  hasFiniteNumbers,
  isStorableJson,
  isStorableText,
  isTooDeep,
  MAX_RECORD_LENGTH,
  toRawText,
} from './storable';
import { TextRemarks } from './text-remarks';
import { areTwins } from './twins';

type JsonObject = { [key: string]: Json };
type Field = keyof Partner['fields'];
interface Fault {
  readonly reason: Rejection;
  readonly field: string | null;
}

const MAX_FIELD_NAMES = 100;
const MAX_FIELD_NAME = 255;

/** Creates the check of a partner's answers from its entry in partners.yaml. */
export function createAnswerCheck(
  partner: Partner,
): (records: readonly unknown[]) => Required<CheckedAnswer> {
  const fields = Object.entries(partner.fields) as [Field, string][];
  const optional = new Set<string>(partner.optional.map((field) => partner.fields[field] as string));
  const known = new Set(fields.map(([, source]) => source));
  const readers = new Map<string, (value: unknown, maxLength: number) => string | null | TextFault>([
    ...partner.identity.map((source) => [source, readIdentity] as const),
    ...fields.map(([, source]) => [source, optional.has(source) ? readOptionalText : readText] as const),
  ]);

  function checkRecord(record: unknown): CheckedProvider | Fault {
    if (!isObject(record)) return { reason: 'NotAnObject', field: null };
    if (isTooDeep(record) || JSON.stringify(record).length > MAX_RECORD_LENGTH) {
      return { reason: 'TooComplex', field: null };
    }
    if (!hasFiniteNumbers(record)) return { reason: 'NumberOutOfRange', field: null };
    const attributes = Object.fromEntries(Object.entries(record).filter(([name]) => !known.has(name)));
    if (!isStorableJson(attributes)) return { reason: 'InvalidCharacter', field: null };
    const values = new Map<string, string | null>();
    for (const [field, read] of readers) {
      const value = read(Object.hasOwn(record, field) ? record[field] : undefined, partner.maxLength);
      if (value !== null && typeof value !== 'string') return { ...value, field };
      values.set(field, value);
    }
    const ours = (field: Field) => values.get(partner.fields[field] ?? '') ?? null;
    return {
      identityKey: identityKey(partner.identity.map((source) => values.get(source) ?? '')),
      givenName: ours('givenName') ?? '',
      familyName: ours('familyName') ?? '',
      title: ours('title'),
      clinic: ours('clinic'),
      attributes,
    };
  }

  return (records) => {
    const rejected: RejectedRecord[] = [];
    const reject = (position: number, { reason, field }: Fault) =>
      rejected.push({ position, reason, field, raw: toRawText(records[position] as Json) });

    const texts = new TextRemarks([...known]);
    const sameIdentity = new Map<string, { position: number; provider: CheckedProvider }[]>();
    for (const [position, record] of records.entries()) {
      const checked = checkRecord(record);
      if ('reason' in checked) {
        reject(position, checked);
      } else {
        texts.add(record as JsonObject);
        const twins = sameIdentity.get(checked.identityKey);
        if (twins) twins.push({ position, provider: checked });
        else sameIdentity.set(checked.identityKey, [{ position, provider: checked }]);
      }
    }

    const providers: CheckedProvider[] = [];
    let duplicates = 0;
    for (const twins of sameIdentity.values()) {
      const [first, ...others] = twins as [(typeof twins)[0], ...typeof twins];
      if (others.every(({ provider }) => areTwins(provider, first.provider))) {
        providers.push(first.provider);
        duplicates += others.length;
      } else {
        for (const { position } of twins) reject(position, { reason: 'ConflictingDuplicate', field: null });
      }
    }
    rejected.sort((a, b) => a.position - b.position);
    return {
      received: records.length,
      providers,
      rejected,
      duplicates,
      remarks: texts.remarks,
      ...compareFields(records.filter(isObject), new Set([...known, ...partner.identity])),
    };
  };
}

/** The fields that partners.yaml does not name, and those of its fields that at least one record or no record has. */
function compareFields(records: readonly JsonObject[], known: ReadonlySet<string>) {
  const seen = new Set<string>();
  for (const record of records) for (const name of Object.keys(record)) seen.add(name);
  return {
    unknownFields: [...seen]
      .filter((name) => !known.has(name))
      .slice(0, MAX_FIELD_NAMES)
      .map((name) => name.slice(0, MAX_FIELD_NAME).toWellFormed())
      .map((name) => (isStorableText(name) ? name : JSON.stringify(name))),
    sentFields: [...known].filter((name) => seen.has(name)),
    vanishedFields: [...known].filter((name) => !seen.has(name)),
  };
}

function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
