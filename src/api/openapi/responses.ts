import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { EXAMPLES } from './examples';
import { pageOf } from './list-schemas';
import { exampleOf, string } from './values';

const GOOD: Record<number, string> = {
  200: 'The requested data',
  202: 'Accepted; `Location` is the address of the result',
};

/** Where the example of the schema would mislead: an accepted sync is still running. */
const EXAMPLES_WHERE: Readonly<Record<string, unknown>> = { '202 SyncWithCalls': EXAMPLES.runningSync };

/** Describes the answers that are problems, by HTTP status. */
export const PROBLEMS = {
  400: 'The request is not as described; the answer says why',
  401: 'The token is missing or unknown',
  403: 'The token does not allow this, or the request comes from a page of another site, or from a proxy while no tokens are configured',
  404: 'The resource does not exist',
  406: 'The requested format is not available',
  409: 'The state of the resource does not allow this; `instance`, if present, is the sync concerned',
  413: 'The body is too large',
  415: 'The type of the body is not supported',
  422: 'The request is valid, but cannot be carried out',
  429: 'Too many requests; `Retry-After` says how long to wait',
  503: 'A service such as Postgres is unavailable, or too many exports are running; `Retry-After` says how long to wait',
} as const;
export type ProblemStatus = keyof typeof PROBLEMS;

/** Problems with which every route may answer. */
const COMMON = [400, 401, 403, 429, 503] as const;
/** Further problems of routes with a body. */
export const BODY_PROBLEMS = [413, 415] as const;

const problemSchema = z
  .object({
    type: string('A name of the failure table, or `about:blank`'),
    title: string('The HTTP status in words'),
    status: z.int().meta({ description: 'The HTTP status' }),
    detail: string('What went wrong, and what to do about it'),
    instance: z.string().optional().meta({
      description: 'The address of the sync concerned, for example of the one that is already running',
    }),
    errors: z
      .array(
        z.object({
          path: string('The place in the request; empty for the whole of it'),
          message: string('What is wrong there'),
        }),
      )
      .optional()
      .meta({ description: 'The mistakes of the request' }),
  })
  .meta({
    id: 'Problem',
    description: 'Problem details (RFC 9457)',
    examples: [
      { type: 'about:blank', title: 'Not Found', status: 404, detail: 'There is no provider with this id.' },
    ],
  });

/** One response, for routes that list all of their responses themselves. */
export function response(
  description: string,
  schema: z.ZodType,
  { type = 'application/json', example = exampleOf(schema) }: { type?: string; example?: unknown } = {},
) {
  return { description, content: { [type]: { schema, example } } };
}

/** The responses that are problems. */
export function problems(...statuses: ProblemStatus[]): Record<number, object> {
  const described = [...new Set(statuses)].map((status) => {
    const example = {
      type: 'about:blank',
      title: STATUS_CODES[status],
      status,
      detail: PROBLEMS[status].replaceAll('`', ''),
    };
    const content = { 'application/problem+json': { schema: problemSchema, example } };
    return [status, { description: PROBLEMS[status], headers: HEADERS[status], content }];
  });
  return Object.fromEntries(described);
}

const SECONDS = { type: 'integer', description: 'Seconds' };
const HEADERS: Record<number, object> = {
  202: { Location: { type: 'string', description: 'The address of the result, such as the sync' } },
  401: { 'WWW-Authenticate': { type: 'string', description: 'How to send a token' } },
  429: { 'Retry-After': SECONDS },
  503: { 'Retry-After': SECONDS },
};

/** The responses of a list that is available in several formats. */
export function listResponses<T extends z.ZodType>(item: T): { 200: ReturnType<typeof pageOf<T>> };
export function listResponses<P extends z.ZodType>(item: z.ZodType, page: P): { 200: P };
export function listResponses(item: z.ZodType, page: z.ZodType = pageOf(item)) {
  const formats = {
    description: 'A page as JSON, or the whole list as CSV or NDJSON',
    content: {
      'application/json': { schema: page, example: exampleOf(page) },
      'text/csv': {
        schema: string(
          'The whole list for spreadsheets: UTF-8 with a byte order mark and a header; possible formulas are written as text',
        ),
      },
      'application/x-ndjson': {
        schema: string('The whole list, one JSON object per line'),
        example: `${JSON.stringify(exampleOf(item))}\n`,
      },
    },
  };
  return { ...responses({}, 406), 200: formats as never };
}

/** The responses of a route: those it returns, and the problems that it may throw. */
export function responses<T extends Record<number, z.ZodType>>(given: T, ...statuses: ProblemStatus[]): T {
  const good = Object.entries(given).map(([status, schema]) => [
    status,
    {
      ...response(GOOD[Number(status)] ?? '', schema, {
        example: EXAMPLES_WHERE[`${status} ${schema.meta()?.id}`],
      }),
      headers: HEADERS[Number(status)],
    },
  ]);
  return { ...Object.fromEntries(good), ...problems(...COMMON, ...statuses) };
}
