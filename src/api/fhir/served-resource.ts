import type { FhirResource } from 'fhir/r4';
import type { ApiContext } from '../context';
import type { Modifier } from './search-values';

/** A search parameter: how it is described, and how its value narrows a list. */
export interface SearchParameter<Filter> {
  readonly type: 'string' | 'token' | 'date' | 'reference';
  /** Of the parameter in R4, of which this may be a part. */
  readonly definition: string;
  readonly documentation: string;
  readonly modifiers?: readonly Modifier[];
  /** All that a value can be, where that is to be counted. */
  readonly values?: readonly string[];
  /**
   * @param base the address of the FHIR API, without a slash at the end
   * @throws ExpectedError saying what is wrong with the value
   */
  read(value: string, modifier: Modifier | undefined, base: string): Partial<Filter>;
}

/** What is searched for. */
export interface Search<Filter> {
  readonly filter: Partial<Filter>;
  readonly includes: readonly string[];
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface Found {
  readonly matches: readonly FhirResource[];
  /** What the matches refer to, each once. */
  readonly included: readonly FhirResource[];
  readonly nextCursor: string | null;
}

/** A type of resource that can be read and searched for. */
export interface ServedResource<Filter> extends ResourceDescription {
  readonly parameters: Readonly<Record<string, SearchParameter<Filter>>>;
  readonly sorts: Readonly<Record<string, Partial<Filter>>>;
  /** Null where there is none. */
  read(context: ApiContext, id: string): Promise<FhirResource | null>;
  search(context: ApiContext, search: Search<Filter>): Promise<Found>;
}

/** What a type of resource is known by. */
export interface ResourceDescription {
  readonly type: 'Organization' | 'Practitioner' | 'PractitionerRole';
  readonly documentation: string;
  readonly parameters: Readonly<Record<string, Omit<SearchParameter<unknown>, 'read'>>>;
  /** What `_sort` may be. */
  readonly sorts: Readonly<Record<string, unknown>>;
  /** What `_include` may be. */
  readonly includes: readonly string[];
}
