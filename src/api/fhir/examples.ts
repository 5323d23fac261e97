import type { FhirResource, PractitionerRole } from 'fhir/r4';
import { EXAMPLES } from '../openapi/examples';
import { toOrganization } from './organization';
import { toPractitioner } from './practitioner';
import { toPractitionerRole } from './practitioner-role';
import type { ResourceDescription } from './served-resource';

const provider = { ...EXAMPLES.provider, firstRunId: null };
const { partner, clinic } = provider;
const source = 'https://partner.example';

/** What the OpenAPI document shows of each type of resource: its provider in the words of FHIR. */
export const FHIR_EXAMPLES: Readonly<Record<ResourceDescription['type'], FhirResource>> = {
  Organization: toOrganization({ partner, name: clinic }, source),
  Practitioner: toPractitioner(provider, source),
  PractitionerRole: toPractitionerRole(provider, source) as PractitionerRole,
};
