import type { Identifier, Practitioner } from 'fhir/r4';
import type { Provider } from '../../store/directory/provider-row';
import { toHumanName } from './human-name';

/** The system of identifiers that are URIs: https://hl7.org/fhir/R4/datatypes.html#Identifier */
export const URI_SYSTEM = 'urn:ietf:rfc:3986';
export const UUID_PREFIX = 'urn:uuid:';

/**
 * A provider as a Practitioner. Attributes are left out: what they mean is known to the partner only. A title
 * is part of the name, and no `qualification`, which would say that somebody has certified it.
 *
 * @param source where the partner is reached, if that is known
 */
export function toPractitioner(provider: Provider, source: string | undefined): Practitioner {
  const { id, listed, lastChangedAt } = provider;
  const identifier: Identifier = { system: URI_SYSTEM, value: `${UUID_PREFIX}${id}` };
  return {
    resourceType: 'Practitioner',
    id,
    meta: { lastUpdated: lastChangedAt, ...(source && { source }) },
    identifier: [identifier],
    active: listed,
    name: [toHumanName(provider)],
  };
}
