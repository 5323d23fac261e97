import type { RejectedRecord } from '../../contract/answer';
import type { Partner } from '../config/partner';
import type { JsonObject } from './attributes';
import { identityKey } from './identity';
import { compileMapping } from './mapping';
import { createReaders } from './readers';

/** The person of a rejected record, as far as its usable parts show. */
export interface RejectedPerson {
  /** Null if a part of the identity cannot be used. */
  readonly identityKey: string | null;
  /** As the directory would store it; null if it cannot be used. Empty if the partner may leave it out. */
  readonly givenName: string | null;
  /** As the directory would store it; null if it cannot be used. */
  readonly familyName: string | null;
}

/** A rejected record, with its person if that was looked for. */
export type PlacedRejection = RejectedRecord & Partial<RejectedPerson>;

const UNKNOWN: RejectedPerson = { identityKey: null, givenName: null, familyName: null };

/**
 * Creates the function that finds the person of a rejected record in its raw text, from the partner's entry in
 * partners.yaml. The key is the one that a usable record of the same person has.
 */
export function createPersonFinder(
  partner: Partner,
): (record: Pick<RejectedRecord, 'reason' | 'raw'>) => RejectedPerson {
  const mapping = compileMapping(partner);
  const readers = createReaders(mapping);
  const { givenName, familyName } = partner.fields;
  const constantGivenName = partner.constants?.givenName ?? '';

  return ({ reason, raw }) => {
    const record = reason === 'TooComplex' ? null : parseObject(raw);
    if (!record) return UNKNOWN;
    const values = new Map<string, string | null>();
    for (const { text, value, read } of readers) {
      const checked = read(value.read(record), partner.maxLength);
      if (checked === null || typeof checked === 'string') values.set(text, checked);
    }
    const parts = mapping.identity.map(({ text }) => values.get(text));
    const isIdentified = parts.every((part) => part !== undefined);
    return {
      identityKey: isIdentified ? identityKey(parts.map((part) => part ?? '')) : null,
      givenName: givenName === undefined ? constantGivenName : nameOf(values.get(givenName)),
      familyName: nameOf(values.get(familyName)),
    };
  };
}

/**
 * The rejected records with their persons.
 *
 * @param partner its entry in partners.yaml; without it, no person is known
 */
export function placeRejections(
  partner: Partner | undefined,
  rejected: readonly RejectedRecord[],
): PlacedRejection[] {
  if (rejected.length === 0) return [];
  const personOf = partner ? createPersonFinder(partner) : () => UNKNOWN;
  return rejected.map((record) => ({ ...record, ...personOf(record) }));
}

/** A name that may be left out is null, and one that cannot be used is undefined. */
function nameOf(value: string | null | undefined): string | null {
  return value === undefined ? null : (value ?? '');
}

/** Null for any other JSON, and for a text that was cut because of its length. */
function parseObject(raw: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(raw);
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}
