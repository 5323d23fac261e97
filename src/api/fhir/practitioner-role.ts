import type { PractitionerRole } from 'fhir/r4';
import type { Provider } from '../../store/directory/provider-row';
import { clinicKey } from '../../store/schema/clinic-key';
import { toFhirString } from './fhir-string';
import { toHumanName } from './human-name';

/**
 * What a provider is at its clinic, under the provider's own id; null for one without a clinic.
 *
 * @param source where the partner is reached, if that is known
 */
export function toPractitionerRole(provider: Provider, source: string | undefined): PractitionerRole | null {
  const { id, partner, clinic, listed, lastChangedAt } = provider;
  if (clinic === null) return null;
  const { text } = toHumanName(provider);
  return {
    resourceType: 'PractitionerRole',
    id,
    meta: { lastUpdated: lastChangedAt, ...(source && { source }) },
    active: listed,
    practitioner: { reference: `Practitioner/${id}`, ...(text && { display: text }) },
    organization: {
      reference: `Organization/${clinicKey({ partner, name: clinic })}`,
      display: toFhirString(clinic),
    },
  };
}
