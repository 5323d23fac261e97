import { z } from 'zod';
import { CURSOR } from './read-search';
import type { ResourceDescription } from './served-resource';

/*
 * What the OpenAPI document says of FHIR: the names of things. The resources themselves are described by
 * FHIR, and no further here.
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

/** The responses of a route that gives a resource of this type. */
export function fhirResponses(type: string, ...errors: (keyof typeof ERRORS)[]) {
  const statuses = [...COMMON, ...errors];
  return {
    200: inFhirJson(`${type}, R4`, resourceOf(type)),
    ...Object.fromEntries(statuses.map((status) => [status, inFhirJson(ERRORS[status], outcome)])),
  };
}

const ERRORS = {
  400: 'The request is not understood',
  401: 'A token is missing or not known',
  404: 'There is no such resource',
  406: 'Not to be had in that format',
  429: 'Too many requests; `Retry-After` says when to go on',
  503: 'Postgres is away; `Retry-After` says when to go on',
} as const;
const COMMON = [400, 401, 406, 429, 503] as const;

const outcome = resourceOf('OperationOutcome');

function resourceOf(type: string) {
  return z.looseObject({ resourceType: z.literal(type) });
}

function inFhirJson(description: string, schema: z.ZodType) {
  return { description, content: { 'application/fhir+json': { schema } } };
}
