import type { Organization } from 'fhir/r4';
import { type ClinicFilter, getClinic, listClinics } from '../../store/directory/read-clinics';
import { type Clinic, clinicKey } from '../../store/schema/clinic-key';
import { EXAMPLE_PROVIDER, EXAMPLE_SOURCE, sourceOf, toFhirString } from './elements';
import { readAlternatives, readString } from './search-values';
import type { ServedResource } from './served-resource';

/** `/fhir/R4/Organization`: the clinics of the providers. */
export const ORGANIZATION: ServedResource<ClinicFilter> = {
  type: 'Organization',
  documentation:
    'A clinic as one partner writes it. The id is derived from the partner and the name, so another spelling is another clinic.',
  parameters: {
    _id: {
      type: 'token',
      definition: 'http://hl7.org/fhir/SearchParameter/Resource-id',
      documentation: 'Ids, separated by commas',
      read: (value) => ({ keys: readAlternatives(value) }),
    },
    name: {
      type: 'string',
      definition: 'http://hl7.org/fhir/SearchParameter/Organization-name',
      documentation: 'The beginning of the name; `:exact` for all of it',
      modifiers: ['exact'],
      read: (value, modifier) => ({
        name: { text: readString(value), how: modifier === 'exact' ? 'is' : 'begins' },
      }),
    },
  },
  sorts: { name: {} },
  includes: [],
  example: toOrganization(
    { partner: EXAMPLE_PROVIDER.partner, name: EXAMPLE_PROVIDER.clinic ?? '' },
    EXAMPLE_SOURCE,
  ),

  async read({ dataSource, partners }, id) {
    const clinic = await getClinic(dataSource, id);
    return clinic && toOrganization(clinic, sourceOf(partners, clinic));
  },

  async search({ dataSource, partners }, { filter, limit, cursor }) {
    const { items, nextCursor } = await listClinics(dataSource, { ...filter, limit, cursor });
    const matches = items.map((clinic) => toOrganization(clinic, sourceOf(partners, clinic)));
    return { matches, included: [], nextCursor };
  },
};

/**
 * A clinic as an Organization. The partner sends no id, so it is derived from the partner and the name.
 *
 * @param source the address of the partner, if it is known
 */
export function toOrganization(clinic: Clinic, source: string | undefined): Organization {
  return {
    resourceType: 'Organization',
    id: clinicKey(clinic),
    ...(source && { meta: { source } }),
    name: toFhirString(clinic.name),
  };
}
