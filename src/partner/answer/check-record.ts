import type { Json, Rejection } from '../../contract/answer';
import type { Field, Partner } from '../config/partner';
import { createAttributes, type JsonObject } from './attributes';
import type { PlacedProvider } from './checked-page';
import { createDepartedMark } from './departed-mark';
import { identityKey } from './identity';
import { compileMapping } from './mapping';
import { createReaders } from './readers';
import { hasFiniteNumbers, isStorableJson, isTooLarge } from './storable';

/** The reason why a record cannot be used. */
export interface RecordFault {
  readonly reason: Rejection;
  /** The text in partners.yaml that leads to the faulty field; null if the whole record is faulty. */
  readonly field: string | null;
}

/** A record that can be used. */
export interface CheckedRecord {
  readonly provider: PlacedProvider;
  /** The values of `fields` as the partner sent them, in the order of partners.yaml. */
  readonly sent: readonly (Json | undefined)[];
}

/** Creates the check of one record, at its position in the page, from the partner's entry in partners.yaml. */
export function createRecordCheck(
  partner: Partner,
  mapping = compileMapping(partner),
): (record: unknown, position: number) => CheckedRecord | RecordFault {
  const attributesOf = createAttributes(partner);
  const readDeparted = createDepartedMark(mapping);
  const readers = createReaders(mapping);
  const positionOf = (text: string) => readers.findIndex((reader) => reader.text === text);
  const identity = mapping.identity.map(({ text }) => positionOf(text));
  const fields = mapping.fields.map(({ text }) => positionOf(text));
  const takeField = (field: Field) => {
    const position = positionOf(partner.fields[field] ?? '');
    const constant = constants[field] ?? null;
    return (values: readonly (string | null)[]) => values[position] ?? constant;
  };
  const constants: { readonly [F in Field]?: string | undefined } = partner.constants ?? {};
  const [givenName, familyName] = [takeField('givenName'), takeField('familyName')];
  const [title, clinic] = [takeField('title'), takeField('clinic')];

  return (record, position) => {
    const fault = findFault(record);
    if (fault) return { reason: fault, field: null };
    const attributes = attributesOf(record as JsonObject);
    if (!isStorableJson(attributes)) return { reason: 'InvalidCharacter', field: null };
    const departed = readDeparted(record as JsonObject);
    if (typeof departed !== 'boolean') return departed;
    const sent: (Json | undefined)[] = [];
    const values: (string | null)[] = [];
    for (const [index, { text, value, read }] of readers.entries()) {
      const raw = value.read(record as JsonObject);
      const isNeeded = !departed || identity.includes(index);
      // Without this part, the record would be about another person.
      if (departed && isNeeded && raw === undefined) return { reason: 'MissingField', field: text };
      const checked = read(raw, partner.maxLength);
      const isUsable = checked === null || typeof checked === 'string';
      if (!isUsable && isNeeded) return { ...checked, field: text };
      sent.push(raw);
      values.push(isUsable ? checked : null);
    }
    const provider = {
      identityKey: identityKey(identity.map((index) => values[index] ?? '')),
      givenName: givenName(values) ?? '',
      familyName: familyName(values) ?? '',
      title: title(values),
      clinic: clinic(values),
      attributes,
      ...(departed && { departed }),
      position,
    };
    return { provider, sent: fields.map((index) => sent[index]) };
  };
}

function findFault(record: unknown): Rejection | null {
  if (record === null || typeof record !== 'object' || Array.isArray(record)) return 'NotAnObject';
  if (isTooLarge(record as JsonObject)) return 'TooComplex';
  return hasFiniteNumbers(record as JsonObject) ? null : 'NumberOutOfRange';
}
