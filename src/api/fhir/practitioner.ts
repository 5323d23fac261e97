import type { Practitioner } from 'fhir/r4';
import type { ProviderFilter } from '../../store/directory/provider-filter';
import type { Provider } from '../../store/directory/provider-row';
import { getProvider, listProviders } from '../../store/directory/read-providers';
import { EXAMPLE_PROVIDER, EXAMPLE_SOURCE, sourceOf, toHumanName, toIdentifier } from './elements';
import { activeParameter, PROVIDER_ORDERS, PROVIDER_PARAMETERS } from './provider-parameters';
import { MODIFIERS, readIdentifiers, readString } from './search-values';
import type { ServedResource } from './served-resource';

/** `/fhir/R4/Practitioner`: each provider of the directory. */
export const PRACTITIONER: ServedResource<ProviderFilter> = {
  type: 'Practitioner',
  documentation:
    'A provider of the directory. `active` says whether the partner still lists the provider. `meta.source` is the address of the partner.',
  parameters: {
    ...PROVIDER_PARAMETERS,
    active: activeParameter('http://hl7.org/fhir/SearchParameter/Practitioner-active'),
    family: {
      type: 'string',
      definition: 'http://hl7.org/fhir/SearchParameter/individual-family',
      documentation:
        'The beginning of the family name; `:contains` for any part of it, `:exact` for all of it',
      modifiers: ['contains', 'exact'],
      read: (value, modifier) => ({ familyName: { text: readString(value), how: howOf(modifier) } }),
    },
    given: {
      type: 'string',
      definition: 'http://hl7.org/fhir/SearchParameter/individual-given',
      documentation: 'The beginning of the given names; `:contains` for any part, `:exact` for all of them',
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
      documentation:
        'Words of the given and family names, or parts of words, in any order; all have to match',
      modifiers: ['contains'],
      read: (value) => ({ nameSearch: readString(value) }),
    },
  },
  sorts: PROVIDER_ORDERS,
  includes: [],
  example: toPractitioner(EXAMPLE_PROVIDER, EXAMPLE_SOURCE),

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

/**
 * A provider as a Practitioner. Attributes are left out, because only the partner knows their meaning. A title is
 * part of the name. It is no `qualification`, because nothing says that it was certified.
 *
 * @param source the address of the partner, if it is known
 */
export function toPractitioner(provider: Provider, source: string | undefined): Practitioner {
  const { id, listed, lastChangedAt } = provider;
  return {
    resourceType: 'Practitioner',
    id,
    meta: { lastUpdated: lastChangedAt, ...(source && { source }) },
    identifier: [toIdentifier(id)],
    active: listed,
    name: [toHumanName(provider)],
  };
}

function howOf(modifier: keyof typeof MODIFIERS | undefined) {
  return modifier ? MODIFIERS[modifier] : 'begins';
}
