import { type ClinicFilter, getClinic, listClinics } from '../../store/directory/read-clinics';
import { toOrganization } from './organization';
import { readAlternatives, readString } from './search-values';
import type { ServedResource } from './served-resource';
import { sourceOf } from './source-of';

/** `/fhir/R4/Organization`: the clinics that providers are at. */
export const ORGANIZATIONS: ServedResource<ClinicFilter> = {
  type: 'Organization',
  documentation:
    'A clinic as one partner writes it. The id follows from the partner and the name, so that another spelling is another one.',
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
