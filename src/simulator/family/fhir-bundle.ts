import type { Json } from '../../contract/answer';
import type { Clinician } from './clinicians';
import type { PageContents } from './description';

/** FHIR's system of national provider identifiers. */
const NPI_SYSTEM = 'http://hl7.org/fhir/sid/us-npi';

/** An entry of a searchset: a Practitioner of FHIR R4. */
export function practitionerEntry({ npi, given, family, title, updatedAt }: Clinician): Json {
  const id = `pr-${npi}`;
  return {
    fullUrl: `https://hospital.example/fhir/Practitioner/${id}`,
    resource: {
      resourceType: 'Practitioner',
      id,
      meta: { versionId: '1', lastUpdated: new Date(updatedAt).toISOString() },
      identifier: [
        { use: 'usual', system: 'https://hospital.example/staff', value: id },
        { use: 'official', system: NPI_SYSTEM, value: npi },
      ],
      active: true,
      name: [{ use: 'official', family, given: [...given], prefix: [title] }],
    },
    search: { mode: 'match' },
  };
}

/** A searchset of FHIR R4. A Bundle must not contain an empty list, so that an empty page has no `entry`. */
export function searchset({ records, count, total, self, next }: PageContents): Json {
  const links = [
    { relation: 'self', url: self },
    ...(next === null ? [] : [{ relation: 'next', url: next }]),
  ];
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total,
    link: links,
    ...(count > 0 && { entry: records }),
  };
}
