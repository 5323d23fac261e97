import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { exampleOf, pageOf, problemSchema } from '../openapi/schemas';

const GOOD: Record<number, string> = {
  200: 'What was asked for',
  202: 'Taken on; `Location` says where to watch it',
};

const WHY = {
  400: 'The request is not as described; `errors` says where',
  401: 'A token is missing or not known',
  403: 'This needs an operator, or comes from a page of elsewhere, or through a proxy where no tokens are set',
  404: 'There is nothing of that name',
  406: 'Not to be had in that format',
  409: 'Something is in the way; `instance` says what',
  413: 'The body is too large',
  415: 'The body is of a type that is not understood',
  422: 'It is understood, but cannot be done',
  429: 'Too many requests; `Retry-After` says when to go on',
  503: 'Postgres or Temporal is away, or too many exports are read; `Retry-After` says when to go on',
} as const;
type ProblemStatus = keyof typeof WHY;

/** What every route may answer with. */
const COMMON = [400, 401, 403, 429, 503] as const;
/** What a route that takes a body may answer with besides. */
export const BODY_PROBLEMS = [413, 415] as const;

/** A response in full, for routes that say themselves what they may answer with. */
export function response(description: string, schema: z.ZodType, type = 'application/json') {
  return { description, content: { [type]: { schema, example: exampleOf(schema) } } };
}

/** The responses for problems. */
export function problems(...statuses: ProblemStatus[]): Record<number, object> {
  const described = [...new Set(statuses)].map((status) => {
    const example = {
      type: 'about:blank',
      title: STATUS_CODES[status],
      status,
      detail: WHY[status].replaceAll('`', ''),
    };
    const content = { 'application/problem+json': { schema: problemSchema, example } };
    return [status, { description: WHY[status], headers: HEADERS[status], content }];
  });
  return Object.fromEntries(described);
}

const SECONDS = { type: 'integer', description: 'Seconds' };
const HEADERS: Record<number, object> = {
  202: { Location: { type: 'string', description: 'Where to watch it' } },
  401: { 'WWW-Authenticate': { type: 'string', description: 'How to show a token' } },
  429: { 'Retry-After': SECONDS },
  503: { 'Retry-After': SECONDS },
};

/** The responses of a list, which is to be had in several formats. */
export function listResponses<T extends z.ZodType>(item: T): { 200: ReturnType<typeof pageOf<T>> };
export function listResponses<P extends z.ZodType>(item: z.ZodType, page: P): { 200: P };
export function listResponses(item: z.ZodType, page: z.ZodType = pageOf(item)) {
  const text = (description: string) => z.string().meta({ description });
  const formats = {
    description: 'A page as JSON, or the whole list as CSV or NDJSON',
    content: {
      'application/json': { schema: page, example: exampleOf(page) },
      'text/csv': {
        schema: text(
          'The whole list for spreadsheets: UTF-8 with a byte order mark, a header first, and what would be a formula as text',
        ),
      },
      'application/x-ndjson': {
        schema: text('The whole list, one JSON object a line'),
        example: `${JSON.stringify(exampleOf(item))}\n`,
      },
    },
  };
  return { ...responses({}, 406), 200: formats as never };
}

/** The responses of a route: what it gives, and the problems it may have, which it throws. */
export function responses<T extends Record<number, z.ZodType>>(given: T, ...statuses: ProblemStatus[]): T {
  const good = Object.entries(given).map(([status, schema]) => [
    status,
    { ...response(GOOD[Number(status)] ?? '', schema), headers: HEADERS[Number(status)] },
  ]);
  return { ...Object.fromEntries(good), ...problems(...COMMON, ...statuses) };
}
