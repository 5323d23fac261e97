import type { FhirResource, PractitionerRole } from 'fhir/r4';
import type { ProviderFilter } from '../../store/directory/provider-filter';
import type { Provider } from '../../store/directory/provider-row';
import { getProvider, listProviders } from '../../store/directory/read-providers';
import { clinicKey } from '../../store/schema/clinic-key';
import type { ApiContext } from '../context';
import { EXAMPLE_PROVIDER, EXAMPLE_SOURCE, sourceOf, toFhirString, toHumanName } from './elements';
import { toOrganization } from './organization';
import { toPractitioner } from './practitioner';
import { activeParameter, PROVIDER_ORDERS, PROVIDER_PARAMETERS } from './provider-parameters';
import { readReferences } from './search-values';
import type { ServedResource } from './served-resource';

const INCLUDE_PRACTITIONER = 'PractitionerRole:practitioner';
const INCLUDE_ORGANIZATION = 'PractitionerRole:organization';

/** `/fhir/R4/PractitionerRole`: which provider works at which clinic. */
export const PRACTITIONER_ROLE: ServedResource<ProviderFilter> = {
  type: 'PractitionerRole',
  documentation:
    'A provider at its clinic, under the id of the provider. A provider without a clinic has no role.',
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
  includes: [INCLUDE_PRACTITIONER, INCLUDE_ORGANIZATION],
  example: toPractitionerRole(EXAMPLE_PROVIDER, EXAMPLE_SOURCE) as PractitionerRole,

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

/**
 * A provider at its clinic, under the id of the provider; null for a provider without a clinic.
 *
 * @param source the address of the partner, if it is known
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

/** The resources to which a provider's role refers, if `_include` asks for them. */
function referredTo(
  { partners }: ApiContext,
  provider: Provider,
  includes: readonly string[],
): FhirResource[] {
  const { partner, clinic } = provider;
  const source = sourceOf(partners, provider);
  return [
    ...(includes.includes(INCLUDE_PRACTITIONER) ? [toPractitioner(provider, source)] : []),
    ...(includes.includes(INCLUDE_ORGANIZATION) && clinic !== null
      ? [toOrganization({ partner, name: clinic }, source)]
      : []),
  ];
}
