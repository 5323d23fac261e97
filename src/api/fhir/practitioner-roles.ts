import type { FhirResource } from 'fhir/r4';
import type { Provider } from '../../store/directory/provider-row';
import { getProvider, listProviders, type ProviderFilter } from '../../store/directory/read-providers';
import type { ApiContext } from '../context';
import { toOrganization } from './organization';
import { toPractitioner } from './practitioner';
import { toPractitionerRole } from './practitioner-role';
import { activeParameter, PROVIDER_ORDERS, PROVIDER_PARAMETERS } from './provider-parameters';
import { readReferences } from './search-values';
import type { ServedResource } from './served-resource';
import { sourceOf } from './source-of';

const PRACTITIONER = 'PractitionerRole:practitioner';
const ORGANIZATION = 'PractitionerRole:organization';

/** `/fhir/R4/PractitionerRole`: which provider is at which clinic. */
export const PRACTITIONER_ROLES: ServedResource<ProviderFilter> = {
  type: 'PractitionerRole',
  documentation: 'A provider at its clinic, under the id of the provider; there is none without a clinic.',
  parameters: {
    ...PROVIDER_PARAMETERS,
    active: activeParameter('http://hl7.org/fhir/SearchParameter/PractitionerRole-active'),
    organization: {
      type: 'reference',
      definition: 'http://hl7.org/fhir/SearchParameter/PractitionerRole-organization',
      documentation: 'The clinic: `Organization/` with its id',
      read: (value, _modifier, base) => ({ clinicKeys: readReferences(value, 'Organization', base) }),
    },
    practitioner: {
      type: 'reference',
      definition: 'http://hl7.org/fhir/SearchParameter/PractitionerRole-practitioner',
      documentation: 'The provider: `Practitioner/` with its id',
      read: (value, _modifier, base) => ({ ids: readReferences(value, 'Practitioner', base) }),
    },
  },
  sorts: PROVIDER_ORDERS,
  includes: [PRACTITIONER, ORGANIZATION],

  async read({ dataSource, partners }, id) {
    const provider = await getProvider(dataSource, id);
    return provider && toPractitionerRole(provider, sourceOf(partners, provider));
  },

  async search(context, { filter, includes, limit, cursor }) {
    const { items, nextCursor } = await listProviders(context.dataSource, {
      ...filter,
      hasClinic: true,
      limit,
      cursor,
    });
    const matches = items.flatMap(
      (provider) => toPractitionerRole(provider, sourceOf(context.partners, provider)) ?? [],
    );
    const included = items.flatMap((provider) => referredTo(context, provider, includes));
    const each = new Map(included.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
    return { matches, included: [...each.values()], nextCursor };
  },
};

function referredTo(
  { partners }: ApiContext,
  provider: Provider,
  includes: readonly string[],
): FhirResource[] {
  const { partner, clinic } = provider;
  const source = sourceOf(partners, provider);
  return [
    ...(includes.includes(PRACTITIONER) ? [toPractitioner(provider, source)] : []),
    ...(includes.includes(ORGANIZATION) && clinic !== null
      ? [toOrganization({ partner, name: clinic }, source)]
      : []),
  ];
}
