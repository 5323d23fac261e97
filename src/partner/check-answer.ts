import { z } from 'zod';
import type { CheckedAnswer, CheckedProvider, Json, RejectedRecord, Rejection } from '../contract/sync';
import { identityKey } from './identity';
import type { Partner } from './partner';
import {
  hasFiniteNumbers,
  isStorable,
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

/** Visible: anything but white space, controls and unassigned characters. */
const VISIBLE = /[^\p{Z}\p{C}]/u;

const rejection = (reason: Rejection) => ({ error: reason, abort: true });

/** Text as it is stored: trimmed and in NFC. Every issue's message is a {@link Rejection}. */
const textSchema = (maxLength: number) =>
  z
    .string({
      error: ({ input }) =>
        (input === undefined ? 'MissingField' : input === null ? 'NullField' : 'NotText') satisfies Rejection,
    })
    .refine(isStorableText, rejection('InvalidCharacter'))
    .transform((text) => text.trim().normalize('NFC'))
    .refine((text) => VISIBLE.test(text), rejection('BlankField'))
    .refine((text) => text.length <= maxLength, rejection('TooLong'));

/** A field that may be missing, null or blank, all of which are stored as null. */
const optionalTextSchema = (maxLength: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && isStorableText(value) && !VISIBLE.test(value) ? null : value),
    textSchema(maxLength).nullish(),
  );

/** What a provider is told apart by: a text, or a number such as an id. */
const identityValueSchema = (maxLength: number) =>
  z.preprocess((value) => (Number.isSafeInteger(value) ? String(value) : value), textSchema(maxLength));

/** Makes the check of a partner's answers from its entry in partners.yaml. */
export function createAnswerCheck(
  partner: Partner,
): (records: readonly unknown[]) => Required<CheckedAnswer> {
  const fields = Object.entries(partner.fields) as [Field, string][];
  const optional = new Set<string>(partner.optional.map((field) => partner.fields[field] as string));
  const known = new Set(fields.map(([, source]) => source));
  const recordSchema = z.object(
    Object.fromEntries([
      ...partner.identity.map((source) => [source, identityValueSchema(partner.maxLength)]),
      ...fields.map(([, source]) => [
        source,
        optional.has(source) ? optionalTextSchema(partner.maxLength) : textSchema(partner.maxLength),
      ]),
    ]),
  );

  function checkRecord(record: unknown): CheckedProvider | Fault {
    if (!isObject(record)) return { reason: 'NotAnObject', field: null };
    if (isTooDeep(record) || JSON.stringify(record).length > MAX_RECORD_LENGTH) {
      return { reason: 'TooComplex', field: null };
    }
    if (!hasFiniteNumbers(record)) return { reason: 'NumberOutOfRange', field: null };
    const attributes = Object.fromEntries(Object.entries(record).filter(([name]) => !known.has(name)));
    if (!isStorable(attributes)) return { reason: 'InvalidCharacter', field: null };
    const result = recordSchema.safeParse(record);
    if (!result.success) {
      const [issue] = result.error.issues;
      return { reason: issue?.message as Rejection, field: String(issue?.path[0]) };
    }
    const values = result.data as { [source: string]: string | null | undefined };
    const ours = (field: Field) => values[partner.fields[field] ?? ''] ?? null;
    return {
      identityKey: identityKey(partner.identity.map((source) => values[source] ?? '')),
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

/** Which of the partner's fields partners.yaml does not name, and which of its fields a record had, or none. */
function compareFields(records: readonly JsonObject[], known: ReadonlySet<string>) {
  const seen = new Set(records.flatMap((record) => Object.keys(record)));
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
