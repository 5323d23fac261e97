import { z } from 'zod';
import type { CheckedProvider, Json } from '../../contract/answer';
import { NamedFailure } from '../../contract/named-failure';
import type { Field, Partner } from '../config/partner';
import { isComputed } from '../language/value';
import type { JsonObject } from './attributes';
import { readText } from './read-text';
import { hasFiniteNumbers, isStorableJson, isTooDeep, MAX_RECORD_LENGTH } from './storable';
import { createStoredIdentity } from './stored-identity';

/** The attributes of a record can be a little longer than the record: null can replace a shorter item of a list. */
const MAX_ATTRIBUTES_LENGTH = MAX_RECORD_LENGTH + 100;

const providerSchema = z.strictObject({
  identityKey: z.string().regex(/^[0-9a-f]{64}$/),
  givenName: z.string(),
  familyName: z.string(),
  title: z.string().nullable(),
  clinic: z.string().nullable(),
  attributes: z.custom((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
  departed: z.literal(true).optional(),
});

/**
 * Creates the check of a provider that came through Temporal, from the partner's entry in partners.yaml.
 *
 * @returns the provider, with its identity key computed again if that is possible
 * @throws NamedFailure `InvalidResult`, without any value of the provider
 */
export function createProviderRecheck(partner: Partner): (provider: CheckedProvider) => CheckedProvider {
  const storedIdentity = createStoredIdentity(partner);
  const isField = createFieldCheck(partner);
  const keys = Object.values(partner.fields).filter((text) => text !== undefined && !isComputed(text));

  return (provider) => {
    if (!providerSchema.safeParse(provider).success) throw invalid('has another shape.');
    const { attributes, departed = false } = provider;
    const isGenuine =
      (!departed || partner.departed !== undefined) &&
      FIELDS.every((field) => isField(field, provider[field], departed)) &&
      isStorable(attributes) &&
      !keys.some((key) => Object.hasOwn(attributes, key as string));
    if (!isGenuine) throw invalid("does not pass the check of this partner's answers.");
    return { ...provider, identityKey: storedIdentity(provider) ?? provider.identityKey };
  };
}

const FIELDS = ['givenName', 'familyName', 'title', 'clinic'] as const;

/** Whether a value of a field is one that the check of an answer returns. */
function createFieldCheck(
  partner: Partner,
): (field: Field, value: string | null, mayLack: boolean) => boolean {
  const constants: { readonly [F in Field]?: string | undefined } = partner.constants ?? {};
  const optional = new Set<Field>(partner.optional);

  return (field, value, mayLack) => {
    if (partner.fields[field] === undefined) {
      return value === (constants[field] ?? (field === 'givenName' ? '' : null));
    }
    const isAbsent = value === (field === 'givenName' ? '' : null) || (mayLack && value === '');
    return isAbsent ? mayLack || optional.has(field) : readText(value, partner.maxLength) === value;
  };
}

function isStorable(attributes: CheckedProvider['attributes']): boolean {
  const value: Json = attributes as JsonObject;
  return (
    !isTooDeep(value) &&
    JSON.stringify(value).length <= MAX_ATTRIBUTES_LENGTH &&
    hasFiniteNumbers(value) &&
    isStorableJson(value)
  );
}

function invalid(fault: string): NamedFailure {
  return new NamedFailure('InvalidResult', `A provider to store ${fault}`);
}
