import { getProvider, listProviders, type ProviderFilter } from '../../store/directory/read-providers';
import { toPractitioner } from './practitioner';
import { activeParameter, PROVIDER_ORDERS, PROVIDER_PARAMETERS } from './provider-parameters';
import { MODIFIERS, readIdentifiers, readString } from './search-values';
import type { ServedResource } from './served-resource';
import { sourceOf } from './source-of';

/** `/fhir/R4/Practitioner`: each provider of the directory. */
export const PRACTITIONERS: ServedResource<ProviderFilter> = {
  type: 'Practitioner',
  documentation:
    'A provider of the directory. `active` says whether the partner still lists it, `meta.source` where the partner is.',
  parameters: {
    ...PROVIDER_PARAMETERS,
    active: activeParameter('http://hl7.org/fhir/SearchParameter/Practitioner-active'),
    family: {
      type: 'string',
      definition: 'http://hl7.org/fhir/SearchParameter/individual-family',
      documentation: 'The beginning of the family name; `:contains` for a part of it, `:exact` for all',
      modifiers: ['contains', 'exact'],
      read: (value, modifier) => ({ familyName: { text: readString(value), how: howOf(modifier) } }),
    },
    given: {
      type: 'string',
      definition: 'http://hl7.org/fhir/SearchParameter/individual-given',
      documentation: 'The beginning of the given names; `:contains` for a part of them, `:exact` for all',
      modifiers: ['contains', 'exact'],
      read: (value, modifier) => ({ givenName: { text: readString(value), how: howOf(modifier) } }),
    },
    identifier: {
      type: 'token',
      definition: 'http://hl7.org/fhir/SearchParameter/Practitioner-identifier',
      documentation: '`urn:uuid:` with the id, with or without the system `urn:ietf:rfc:3986`',
      read: (value) => ({ ids: readIdentifiers(value) }),
    },
    name: {
      type: 'string',
      definition: 'http://hl7.org/fhir/SearchParameter/Practitioner-name',
      documentation: 'Words of the given and family names or parts of them, in any order; all must be there',
      modifiers: ['contains'],
      read: (value) => ({ search: readString(value) }),
    },
  },
  sorts: PROVIDER_ORDERS,
  includes: [],

  async read({ dataSource, partners }, id) {
    const provider = await getProvider(dataSource, id);
    return provider && toPractitioner(provider, sourceOf(partners, provider));
  },

  async search({ dataSource, partners }, { filter, limit, cursor }) {
    const { items, nextCursor } = await listProviders(dataSource, { ...filter, limit, cursor });
    const matches = items.map((provider) => toPractitioner(provider, sourceOf(partners, provider)));
    return { matches, included: [], nextCursor };
  },
};

function howOf(modifier: keyof typeof MODIFIERS | undefined) {
  return modifier ? MODIFIERS[modifier] : 'begins';
}
