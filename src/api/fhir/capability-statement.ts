import type { CapabilityStatement, CapabilityStatementRestResource } from 'fhir/r4';
import { version } from '../../process/package-root';
import { FHIR_JSON } from './media-type';
import type { ResourceDescription } from './served-resource';

export interface Capabilities {
  /** The address of the FHIR API. */
  readonly base: string;
  /** Whether no token is needed. */
  readonly isOpen: boolean;
  /** When the server started. */
  readonly since: Date;
  readonly resources: readonly ResourceDescription[];
}

/** Describes the FHIR API in FHIR's own form. */
export function toCapabilityStatement({ base, isOpen, since, resources }: Capabilities): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: since.toISOString(),
    kind: 'instance',
    software: { name: 'Provider Sync', version },
    implementation: { description: 'The directory of providers, read-only', url: base },
    fhirVersion: '4.0.1',
    format: [FHIR_JSON, 'json'],
    rest: [
      {
        mode: 'server',
        documentation:
          'Parameters and modifiers that are not listed here are refused, or ignored with `Prefer: handling=lenient`. The next page is the `link` with the relation `next`.',
        ...(!isOpen && { security: { description: 'Send a token as `Authorization: Bearer …`.' } }),
        resource: resources.map(toResource),
      },
    ],
  };
}

function toResource({
  type,
  documentation,
  parameters,
  includes,
}: ResourceDescription): CapabilityStatementRestResource {
  return {
    type,
    documentation,
    interaction: [{ code: 'read' }, { code: 'search-type' }],
    versioning: 'no-version',
    ...(includes.length > 0 && { searchInclude: [...includes] }),
    searchParam: Object.entries(parameters).map(([name, { type, definition, documentation }]) => ({
      name,
      definition,
      type,
      documentation,
    })),
  };
}
