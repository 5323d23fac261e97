import { z } from 'zod';
import { pageOf, problemSchema } from '../schemas';

const WHY = {
  400: 'The request is not as described',
  401: 'A token is missing or not known',
  403: 'This needs an operator, or comes from a page of elsewhere',
  404: 'There is nothing of that name',
  406: 'Not to be had in that format',
  409: 'Something is in the way; `instance` says what',
  422: 'The key was used for something else',
  429: 'Too many requests; `Retry-After` says when to go on',
  503: 'Postgres or Temporal is away; `Retry-After` says when to go on',
} as const;

/** What every route may answer with. */
const COMMON = [400, 401, 403, 429, 503] as const;

/** The responses of a list, which is to be had in several formats. */
export function listResponses<T extends z.ZodType>(item: T): { 200: ReturnType<typeof pageOf<T>> } {
  const text = (description: string) => ({ schema: z.string().meta({ description }) });
  const formats = {
    description: 'A page as JSON, or the whole list as CSV or NDJSON',
    content: {
      'application/json': { schema: pageOf(item) },
      'text/csv': text('The whole list, a header first'),
      'application/x-ndjson': text('The whole list, one JSON object a line'),
    },
  };
  return responses({ 200: formats as never }, 406);
}

/** The responses of a route: what it gives, and the problems it may have, which it throws. */
export function responses<T extends Record<number, z.ZodType>>(
  given: T,
  ...problems: (keyof typeof WHY)[]
): T {
  const statuses = [...new Set([...COMMON, ...problems])];
  const described = statuses.map((status) => [
    status,
    { description: WHY[status], content: { 'application/problem+json': { schema: problemSchema } } },
  ]);
  return { ...given, ...Object.fromEntries(described) };
}
