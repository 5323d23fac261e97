import type { FhirResource } from 'fhir/r4';
import { z } from 'zod';
import { PROBLEMS, type ProblemStatus } from '../openapi/responses';
import { FHIR_JSON, FORMATS, JSON_TYPE } from './media-type';
import { outcomeOf } from './operation-outcome';
import { CURSOR } from './read-search';
import type { ResourceDescription } from './served-resource';

/*
 * The OpenAPI document's description of the FHIR API: parameters, responses and examples. FHIR itself describes the
 * resources, so they are not described again.
 */

const CONTROLS = {
  _count: { pattern: '^[1-9][0-9]{0,8}$', description: 'Resources per page: 50 by default, at most 200' },
  _format: { enum: [...FORMATS.keys()], description: 'The format, instead of the Accept header' },
  [CURSOR]: { minLength: 1, description: 'The place where the page begins, as in the link to the next page' },
};

/** The form of a value, by the type of its parameter: https://hl7.org/fhir/R4/search.html#ptypes */
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
 * The parameters of a search. They are only described here. They are checked when they are read, because FHIR answers
 * a wrong value and an unsupported parameter differently.
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
    ...(includes.length > 0 && { _include: { enum: includes, description: 'Further resources to include' } }),
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

/** The responses of a route that returns a resource of this type. */
export function fhirResponses(example: FhirResource, ...errors: ProblemStatus[]) {
  const statuses = [...COMMON, ...errors];
  return {
    200: response(`${example.resourceType}, R4`, example),
    ...Object.fromEntries(
      statuses.map((status) => [
        status,
        response(PROBLEMS[status], outcomeOf(status, PROBLEMS[status].replaceAll('`', ''))),
      ]),
    ),
  };
}

const COMMON = [400, 401, 403, 406, 429, 503] as const;

function response(description: string, example: FhirResource) {
  const schema = z.looseObject({
    resourceType: z.literal(example.resourceType).meta({ description: 'The type of the resource' }),
  });
  const media = { schema, example };
  return { description, content: { [FHIR_JSON]: media, [JSON_TYPE]: media } };
}
