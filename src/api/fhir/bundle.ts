import type { Bundle, BundleEntry, FhirResource } from 'fhir/r4';
import type { Found } from './served-resource';

/**
 * A page of search results. It has no total, because counting would read every match.
 *
 * @param links.base the address of the FHIR API
 * @param links.self the address of this page
 * @param links.next the address of the next page; null on the last one
 */
export function toBundle(
  { matches, included }: Pick<Found, 'matches' | 'included'>,
  { base, self, next }: { readonly base: string; readonly self: string; readonly next: string | null },
): Bundle {
  const entry = [
    ...matches.map((resource) => toEntry(base, resource, 'match')),
    ...included.map((resource) => toEntry(base, resource, 'include')),
  ];
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [{ relation: 'self', url: self }, ...(next === null ? [] : [{ relation: 'next', url: next }])],
    // FHIR has no empty lists.
    ...(entry.length > 0 && { entry }),
  };
}

function toEntry(base: string, resource: FhirResource, mode: 'match' | 'include'): BundleEntry {
  return { fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource, search: { mode } };
}
