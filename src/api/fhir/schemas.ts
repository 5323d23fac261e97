import type { FhirResource } from 'fhir/r4';
import { z } from 'zod';
import { FHIR_JSON, FORMATS, JSON_TYPE } from './media-type';
import { outcomeOf } from './operation-outcome';
import { CURSOR } from './read-search';
import type { ResourceDescription } from './served-resource';

/*
 * What the OpenAPI document says of FHIR: the names of things, and examples. The resources themselves are
 * described by FHIR, and no further here.
 */

const CONTROLS = {
  _count: { pattern: '^[1-9][0-9]{0,8}$', description: 'How many on a page: 50, or up to 200' },
  _format: { enum: [...FORMATS.keys()], description: 'Instead of the Accept header' },
  [CURSOR]: { minLength: 1, description: 'As in the link to the next page' },
};

/** What a value looks like, by the type of its parameter: https://hl7.org/fhir/R4/search.html#ptypes */
const VALUES = {
  string: { minLength: 1, maxLength: 200, pattern: '[^ ,]' },
  token: { minLength: 1 },
  reference: { minLength: 1 },
  date: {
    pattern:
      '^(eq|ge|gt|sa|lt|eb|le)?[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?$',
  },
};

/**
 * The parameters of a search. They are described here, and checked where they are read, which tells what is
 * wrong from what is not supported, and answers with an OperationOutcome.
 */
export function searchQuery({ parameters, includes, sorts }: ResourceDescription) {
  const described = Object.entries(parameters).map(
    ([name, { type, values, documentation }]) =>
      [name, { ...VALUES[type], ...(values && { enum: values }), description: documentation }] as const,
  );
  const all = {
    ...Object.fromEntries(described),
    ...CONTROLS,
    _sort: { enum: Object.keys(sorts), description: 'The order of the list' },
    ...(includes.length > 0 && { _include: { enum: includes, description: 'What else to bring' } }),
  };
  return z.looseObject(
    Object.fromEntries(
      Object.entries(all).map(([name, meta]) => [
        name,
        z
          .unknown()
          .optional()
          .meta({ type: 'string', ...meta }),
      ]),
    ),
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
  403: 'It comes from a page of elsewhere, or through a proxy where no tokens are set',
  404: 'There is no such resource',
  406: 'Not to be had in that format',
  413: 'The form is too large',
  415: 'The body is no form',
  429: 'Too many requests; Retry-After says when to go on',
  503: 'Postgres is away; Retry-After says when to go on',
} as const;
const COMMON = [400, 401, 403, 406, 429, 503] as const;

function response(description: string, example: FhirResource) {
  const schema = z.looseObject({ resourceType: z.literal(example.resourceType) });
  const media = { schema, example };
  return { description, content: { [FHIR_JSON]: media, [JSON_TYPE]: media } };
}
