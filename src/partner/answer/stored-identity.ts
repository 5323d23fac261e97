import type { CheckedProvider } from '../../contract/answer';
import type { Partner } from '../config/partner';
import { identityKey } from './identity';

/** A stored provider: its texts are trimmed and in NFC. */
export type StoredProvider = Pick<
  CheckedProvider,
  'givenName' | 'familyName' | 'title' | 'clinic' | 'attributes'
>;

/**
 * The identity key of a stored provider. Fields of the identity that we do not name are in the attributes, as the
 * partner sent them.
 *
 * @returns null if a field of the identity is missing, for example after a change of `identity` in partners.yaml
 */
export function storedIdentityKey(partner: Partner, provider: StoredProvider): string | null {
  const fields = Object.entries(partner.fields) as [keyof Partner['fields'], string][];
  const values: string[] = [];
  for (const source of partner.identity) {
    const field = fields.find(([, name]) => name === source)?.[0];
    const value = field ? provider[field] : provider.attributes[source];
    if (typeof value !== 'string' && typeof value !== 'number') return null;
    values.push(String(value).trim().normalize('NFC'));
  }
  return identityKey(values);
}
