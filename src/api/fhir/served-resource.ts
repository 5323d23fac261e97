import type { FhirResource } from 'fhir/r4';
import type { ApiContext } from '../context';
import type { Modifier } from './search-values';

/** A search parameter: its description, and how its value filters a list. */
export interface SearchParameter<Filter> {
  readonly type: 'string' | 'token' | 'date' | 'reference';
  /** The definition of the parameter in R4. It may be supported in part only. */
  readonly definition: string;
  readonly documentation: string;
  readonly modifiers?: readonly Modifier[];
  /** All possible values, if they can be listed. */
  readonly values?: readonly string[];
  /**
   * @param base the address of the FHIR API, without a slash at the end
   * @throws ExpectedError that says what is wrong with the value
   */
  read(value: string, modifier: Modifier | undefined, base: string): Partial<Filter>;
}

/** A search as it was understood. */
export interface Search<Filter> {
  readonly filter: Partial<Filter>;
  readonly includes: readonly string[];
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** A page of search results. */
export interface Found {
  readonly matches: readonly FhirResource[];
  /** The resources to which the matches refer, each once. */
  readonly included: readonly FhirResource[];
  readonly nextCursor: string | null;
}

/** A type of resource that can be read and searched. */
export interface ServedResource<Filter> extends ResourceDescription {
  readonly parameters: Readonly<Record<string, SearchParameter<Filter>>>;
  readonly sorts: Readonly<Record<string, Partial<Filter>>>;
  /** @returns null if there is none */
  read(context: ApiContext, id: string): Promise<FhirResource | null>;
  search(context: ApiContext, search: Search<Filter>): Promise<Found>;
}

/** A type of resource, as the documentation describes it. */
export interface ResourceDescription {
  readonly type: 'Organization' | 'Practitioner' | 'PractitionerRole';
  readonly documentation: string;
  readonly parameters: Readonly<Record<string, Omit<SearchParameter<unknown>, 'read'>>>;
  /** The values of `_sort`. */
  readonly sorts: Readonly<Record<string, unknown>>;
  /** The values of `_include`. */
  readonly includes: readonly string[];
  /** What the OpenAPI document shows. */
  readonly example: FhirResource;
}
