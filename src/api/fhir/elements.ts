import type { HumanName, Identifier } from 'fhir/r4';
import type { Partners } from '../../partner/config/partner';
import type { Provider } from '../../store/directory/provider-row';
import { EXAMPLES } from '../openapi/examples';

/** The provider in the OpenAPI document's examples of each resource. */
export const EXAMPLE_PROVIDER: Provider = { ...EXAMPLES.provider, firstRunId: null };
export const EXAMPLE_SOURCE = 'https://partner.example';

/** The system of identifiers that are URIs: https://hl7.org/fhir/R4/datatypes.html#Identifier */
const URI_SYSTEM = 'urn:ietf:rfc:3986';
const UUID_PREFIX = 'urn:uuid:';

/** The `meta.source` of a partner's resources: its address; undefined if partners.yaml no longer has the partner. */
export function sourceOf(partners: Partners, { partner }: { readonly partner: string }): string | undefined {
  return partners.get(partner)?.baseUrl;
}

/** A provider's id as an identifier. */
export function toIdentifier(id: string): Identifier {
  return { system: URI_SYSTEM, value: `${UUID_PREFIX}${id}` };
}

/** @returns the id in an identifier as {@link toIdentifier} writes it, with or without its system; null for another */
export function readIdentifier(token: string): string | null {
  const uri = token.startsWith(`${URI_SYSTEM}|`) ? token.slice(URI_SYSTEM.length + 1) : token;
  return uri.startsWith(UUID_PREFIX) ? uri.slice(UUID_PREFIX.length) : null;
}

/**
 * Writes a text as a FHIR string, which has no control characters. By the pattern that validators use, a plain
 * space is the only white space in it: https://hl7.org/fhir/R4/datatypes.html#string
 */
export function toFhirString(text: string): string {
  return text
    .trim()
    .replace(/\s+/gu, ' ')
    .replace(/\p{Cc}/gu, '\uFFFD');
}

/** Titles before a name, in lower case and without dots. Any other title follows the name: `PA`, `NP`. */
const BEFORE_NAME = new Set([
  'dr',
  'doctor',
  'prof',
  'professor',
  'mr',
  'mrs',
  'ms',
  'miss',
  'mx',
  'rev',
  'sr',
]);

/** The name as the partner sends it. Several given names stay one text: the partner does not separate them. */
export function toHumanName({ givenName, familyName, title }: Provider): HumanName {
  const family = toFhirString(familyName);
  const given = toFhirString(givenName);
  const name = [given, family].filter(Boolean).join(' ');
  const honour = toFhirString(title ?? '');
  const isBefore = BEFORE_NAME.has(/^[^\s.]*/.exec(honour)?.[0].toLowerCase() ?? '');
  const text = isBefore ? `${honour} ${name}` : [name, honour].filter(Boolean).join(', ');
  return {
    text,
    ...(family && { family }),
    ...(given && { given: [given] }),
    ...(honour && { [isBefore ? 'prefix' : 'suffix']: [honour] }),
  };
}
