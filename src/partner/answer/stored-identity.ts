import type { CheckedProvider, Json } from '../../contract/answer';
import type { Partner } from '../config/partner';
import type { Value } from '../language/value';
import { identityKey } from './identity';
import { compileMapping } from './mapping';

/** A stored provider: its texts are trimmed and in NFC. */
export type StoredProvider = Pick<
  CheckedProvider,
  'givenName' | 'familyName' | 'title' | 'clinic' | 'attributes'
>;

/**
 * Creates the function that computes the identity key of a stored provider. Places of the identity that `fields` does not
 * name are in the attributes, as the partner sent them.
 *
 * @returns null if the key cannot be computed: the identity has an expression, or a place of it has no value, for
 *   example after a change of `identity` in partners.yaml
 */
export function createStoredIdentity(partner: Partner): (provider: StoredProvider) => string | null {
  const { fields, identity } = compileMapping(partner);
  const places = identity.map(({ text, value }) => ({
    value,
    mapped: fields.find((field) => field.text === text),
  }));

  return (provider) => {
    const values: string[] = [];
    for (const { value, mapped } of places) {
      const read = mapped ? provider[mapped.field] : readAttribute(value, provider);
      // The check of an answer takes a missing optional field as an empty text.
      const part = read === null && mapped?.isOptional ? '' : read;
      if (typeof part !== 'string' && typeof part !== 'number') return null;
      values.push(String(part).trim().normalize('NFC'));
    }
    return identityKey(values);
  };
}

function readAttribute(value: Value, { attributes }: StoredProvider): Json | undefined {
  return value.kind === 'path' ? value.read(attributes) : undefined;
}
