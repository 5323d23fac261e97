import { normalise } from '../../partner/answer/identity';
import type { PlacedRejection } from '../../partner/answer/rejected-person';
import type { PayloadKeys } from '../../process/payload-keys';
import type { Reader } from '../postgres/snapshot';
import { type KeyedHash, openSuppressionKey } from './suppression-key';

/** What is known of a person in an answer. */
type Person = Pick<PlacedRejection, 'identityKey' | 'givenName' | 'familyName'>;

/** Recognises the erased people of a partner. */
export interface Suppression {
  hasKey(identityKey: Buffer | string): boolean;
  /** By the identity, or for a record without one by the name. */
  has(person: Person): boolean;
}

/**
 * Waits until no transaction stores an answer of the partner, and keeps others from it until this one ends. They call
 * the function `hold_erasures` of the database, which takes the same lock.
 */
export async function holdSaves(runner: Reader, partner: string): Promise<void> {
  await runner.query(`SELECT pg_advisory_xact_lock(hashtext('provider-sync erasure'), hashtext($1))`, [
    partner,
  ]);
}

/**
 * The erased people of a partner; null if there are none. The transaction has called `hold_erasures`.
 *
 * @throws NamedFailure `StoreUnavailable` if there are some, and they cannot be recognised without a missing payload key
 */
export async function readSuppression(
  runner: Reader,
  partner: string,
  keys: PayloadKeys | undefined,
): Promise<Suppression | null> {
  const rows: { hash: Buffer }[] = await runner.query(
    'SELECT hash FROM suppressed_people WHERE partner = $1',
    [partner],
  );
  if (rows.length === 0) return null;
  if (!keys) {
    throw new Error(`${partner} has erased people, who cannot be recognised without the payload keys`);
  }
  const hashOf = await openSuppressionKey(runner, keys);
  const hashes = new Set(rows.map(({ hash }) => hash.toString('base64')));
  const hasKey = (key: Buffer | string) => hashes.has(identityHash(hashOf, partner, key).toString('base64'));
  return {
    hasKey,
    has({ identityKey, givenName, familyName }) {
      if (identityKey) return hasKey(identityKey);
      if (typeof givenName !== 'string' || typeof familyName !== 'string') return false;
      return hashes.has(nameHash(hashOf, partner, { givenName, familyName }).toString('base64'));
    },
  };
}

/** @param key SHA-256 of the identity, as bytes or in hex */
export function identityHash(hashOf: KeyedHash, partner: string, key: Buffer | string): Buffer {
  const hex = typeof key === 'string' ? key : key.toString('hex');
  return hashOf(JSON.stringify(['identity', partner, hex]));
}

export function nameHash(
  hashOf: KeyedHash,
  partner: string,
  { givenName, familyName }: { readonly givenName: string; readonly familyName: string },
): Buffer {
  return hashOf(JSON.stringify(['name', partner, normalise(givenName), normalise(familyName)]));
}
