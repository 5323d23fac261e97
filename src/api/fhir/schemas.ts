import type { FhirResource } from 'fhir/r4';
import { z } from 'zod';
import { FHIR_JSON, JSON_TYPE } from './media-type';
import { outcomeOf } from './operation-outcome';
import { CURSOR } from './read-search';
import type { ResourceDescription } from './served-resource';

/*
 * What the OpenAPI document says of FHIR: the names of things, and examples. The resources themselves are
 * described by FHIR, and no further here.
 */

const value = z.union([z.string(), z.array(z.string())]).optional();

const CONTROLS = {
  _count: 'How many on a page: 50, or up to 200',
  _format: '`json`, instead of the Accept header',
  [CURSOR]: 'As in the link to the next page',
};

/** The parameters of a search; more are refused with an OperationOutcome. */
export function searchQuery({ parameters, includes, sorts }: ResourceDescription) {
  const described = Object.entries(parameters).map(([name, { documentation }]) => [name, documentation]);
  const all: [string, string][] = Object.entries({
    ...Object.fromEntries(described),
    ...CONTROLS,
    _sort: Object.keys(sorts).join(' or '),
    ...(includes.length > 0 && { _include: includes.join(', ') }),
  });
  return z.looseObject(
    Object.fromEntries(all.map(([name, description]) => [name, value.meta({ description })])),
  );
}

/** The same parameters as a form, or none. */
export function searchForm(resource: ResourceDescription) {
  return searchQuery(resource).nullish();
}

/** The responses of a route that gives a resource like this one, and of its kind in R4. */
export function fhirResponses(example: FhirResource, ...errors: (keyof typeof ERRORS)[]) {
  const statuses = [...COMMON, ...errors];
  return {
    200: response(`${example.resourceType}, R4`, example),
    ...Object.fromEntries(
      statuses.map((status) => [status, response(ERRORS[status], outcomeOf(status, ERRORS[status]))]),
    ),
  };
}

const ERRORS = {
  400: 'The request is not understood',
  401: 'A token is missing or not known',
  403: 'It comes from a page of elsewhere',
  404: 'There is no such resource',
  406: 'Not to be had in that format',
  413: 'The form is too large',
  415: 'The body is no form',
  429: 'Too many requests; Retry-After says when to go on',
  503: 'Postgres is away; Retry-After says when to go on',
} as const;
const COMMON = [400, 401, 406, 429, 503] as const;

function response(description: string, example: FhirResource) {
  const schema = z.looseObject({ resourceType: z.literal(example.resourceType) });
  const media = { schema, example };
  return { description, content: { [FHIR_JSON]: media, [JSON_TYPE]: media } };
}
