import type { Organization } from 'fhir/r4';
import { type Clinic, clinicKey } from '../../store/schema/clinic-key';
import { toFhirString } from './fhir-string';

/**
 * A clinic as one partner writes it. Its id follows from the partner and the name: the partner sends none.
 *
 * @param source where the partner is reached, if that is known
 */
export function toOrganization(clinic: Clinic, source: string | undefined): Organization {
  return {
    resourceType: 'Organization',
    id: clinicKey(clinic),
    ...(source && { meta: { source } }),
    name: toFhirString(clinic.name),
  };
}
