import type { Bundle, BundleEntry, FhirResource } from 'fhir/r4';
import { CURSOR, type Pair } from './read-search';
import type { Found } from './served-resource';

/**
 * A page of what was found. There is no total: counting would read every match.
 *
 * @param options.url the address of the search, without parameters
 * @param options.base the address of the FHIR API
 */
export function toBundle(
  { matches, included, nextCursor }: Found,
  options: {
    readonly base: string;
    readonly url: string;
    readonly used: readonly Pair[];
    readonly cursor: string | undefined;
  },
): Bundle {
  const { base, url, used, cursor } = options;
  const pageAt = (at: string | null | undefined) => withParameters(url, at ? [...used, [CURSOR, at]] : used);
  const entry = [
    ...matches.map((resource) => toEntry(base, resource, 'match')),
    ...included.map((resource) => toEntry(base, resource, 'include')),
  ];
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [
      { relation: 'self', url: pageAt(cursor) },
      ...(nextCursor === null ? [] : [{ relation: 'next', url: pageAt(nextCursor) }]),
    ],
    // FHIR has no empty lists.
    ...(entry.length > 0 && { entry }),
  };
}

function toEntry(base: string, resource: FhirResource, mode: 'match' | 'include'): BundleEntry {
  return { fullUrl: `${base}/${resource.resourceType}/${resource.id}`, resource, search: { mode } };
}

function withParameters(url: string, pairs: readonly Pair[]): string {
  const query = new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();
  return query ? `${url}?${query}` : url;
}
