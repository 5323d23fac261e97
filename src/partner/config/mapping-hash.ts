import { createHash } from 'node:crypto';
import type { Partner } from './partner';

/**
 * A hash of the parts of an entry that decide how an answer is read: SHA-256 in hex. Addresses, secrets, requests, times
 * and limits are not part of it, so that they can change in the middle of a run.
 */
export function mappingHash(partner: Partner): string {
  const { providers, fields, constants, ignore, optional, maxLength, identity, feed, departed } = partner;
  const { format, separator, encoding, records, next, total } = providers;
  const mapping = [
    { format, separator, encoding, records, next, total },
    { fields, constants, ignore, optional, maxLength, identity, feed, departed },
  ];
  return createHash('sha256').update(JSON.stringify(mapping)).digest('hex');
}
