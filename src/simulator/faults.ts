import { validateHeaderName, validateHeaderValue } from 'node:http';
import { z } from 'zod';
import { ENDPOINTS, type Endpoint } from '../contract/call';
import { milliseconds, type PlannedSteps, type Rates, type StepTable, type WrittenStep } from './step-table';

const bytes = z
  .int()
  .min(1024)
  .max(2 ** 32);
const status = z.int().min(200).max(599);

function accepts(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
const headerName = z
  .string()
  .refine((name) => accepts(() => validateHeaderName(name)), 'is not a header name');
const headerValue = z
  .string()
  .refine((value) => accepts(() => validateHeaderValue('header', value)), 'is not a header value');

const AUTH = ['auth'] as const;
const PROVIDERS = ['providers'] as const;

/**
 * Every way to answer a call. All except `ok`, `slow`, `replaceToken` and `records` are applied before the checksum
 * is checked. A fault of /auth that still sends the token's header has created that token.
 */
export const STEPS = {
  ok: { meaning: 'The normal answer', endpoints: ENDPOINTS, parameters: {} },
  slow: {
    meaning: 'Waits `delayMs`, then answers normally',
    endpoints: ENDPOINTS,
    parameters: { delayMs: milliseconds.default(1000) },
  },
  hang: {
    meaning: 'Silence for `hangMs`, then 408',
    endpoints: ENDPOINTS,
    parameters: { hangMs: milliseconds.optional() },
  },
  hangForever: { meaning: 'Silence until the caller disconnects', endpoints: ENDPOINTS, parameters: {} },
  error500: { meaning: '500', endpoints: ENDPOINTS, parameters: {} },
  status: {
    meaning: 'The given `status`, with `retryAfter` if given',
    endpoints: ENDPOINTS,
    parameters: { status, retryAfter: headerValue.optional() },
  },
  unauthorized: { meaning: '401', endpoints: ENDPOINTS, parameters: {} },
  rejectToken: { meaning: '403', endpoints: ENDPOINTS, parameters: {} },
  replaceToken: {
    meaning: 'Another caller gets a new token just before, so the token of this call is outdated',
    endpoints: PROVIDERS,
    parameters: {},
  },
  redirect: {
    meaning: 'A redirect to `location`',
    endpoints: ENDPOINTS,
    parameters: { location: headerValue, status: z.int().min(300).max(399).default(302) },
  },
  cut: {
    meaning: 'Half of the body under a 200 whose Content-Length matches the half',
    endpoints: ENDPOINTS,
    parameters: {},
  },
  cutConnection: {
    meaning: 'Half of the body under the Content-Length of the whole, then the connection closes',
    endpoints: ENDPOINTS,
    parameters: {},
  },
  reset: { meaning: 'The connection is reset before any byte', endpoints: ENDPOINTS, parameters: {} },
  stall: {
    meaning: 'Headers and half of the body, then silence until the caller disconnects',
    endpoints: ENDPOINTS,
    parameters: {},
  },
  drip: {
    meaning: 'The body byte by byte, one each `everyMs`',
    endpoints: ENDPOINTS,
    parameters: { everyMs: milliseconds.default(1000) },
  },
  empty: { meaning: '200 without a body', endpoints: ENDPOINTS, parameters: {} },
  html: { meaning: '200 with an HTML page', endpoints: ENDPOINTS, parameters: {} },
  notJson: { meaning: '200 with text that is not JSON', endpoints: ENDPOINTS, parameters: {} },
  noList: { meaning: '200 with null instead of the list', endpoints: PROVIDERS, parameters: {} },
  emptyList: { meaning: '200 with an empty list', endpoints: PROVIDERS, parameters: {} },
  shortList: {
    meaning: '200 with a list of `count` records',
    endpoints: PROVIDERS,
    parameters: { count: z.int().min(0).default(3) },
  },
  records: {
    meaning: 'The normal answer with exactly these `records`',
    endpoints: PROVIDERS,
    parameters: { records: z.custom<readonly unknown[]>(Array.isArray, 'must be a list') },
  },
  huge: {
    meaning: '200 with a well-formed list of `bytes` bytes',
    endpoints: ENDPOINTS,
    parameters: { bytes: bytes.default(2 ** 26) },
  },
  endless: { meaning: '200 with a list that never ends', endpoints: ENDPOINTS, parameters: {} },
  gzipBomb: {
    meaning: '200 with a small gzip body of `bytes` bytes when inflated',
    endpoints: ENDPOINTS,
    parameters: { bytes: bytes.default(2 ** 28) },
  },
  noToken: { meaning: "200 without the token's header", endpoints: AUTH, parameters: {} },
  repeatedToken: {
    meaning: "The normal answer, with the token's header twice and the same value in both",
    endpoints: AUTH,
    parameters: {},
  },
  emptyToken: { meaning: '200 with an empty token header', endpoints: AUTH, parameters: {} },
  badHeader: { meaning: '200 with a header that HTTP forbids', endpoints: ENDPOINTS, parameters: {} },
  garbage: { meaning: 'Bytes that are not HTTP', endpoints: ENDPOINTS, parameters: {} },
  raw: {
    meaning: 'The given `status`, `headers` and `body`',
    endpoints: ENDPOINTS,
    parameters: {
      status: status.default(200),
      headers: z.record(headerName, z.union([headerValue, z.array(headerValue)])).default({}),
      body: z.union([z.string(), z.custom<Buffer>(Buffer.isBuffer)], 'must be text').default(''),
    },
  },
} as const satisfies StepTable;

export type StepName = keyof typeof STEPS;
export type FaultName = Exclude<StepName, 'ok'>;

/** The steps of Noteworth with their parameters filled in, by name. */
export type NoteworthSteps = PlannedSteps<typeof STEPS>;
export type PlannedStep = NoteworthSteps[StepName];

/** How to answer the next call: a name, or a name with parameters. */
export type Step = WrittenStep<typeof STEPS>;

/** As measured at the partner. */
export const DEFAULT_RATES = {
  auth: { hang: 0.3, error500: 0.1 },
  providers: { hang: 0.1, error500: 0.2, cut: 0.2 },
} as const satisfies Record<Endpoint, Rates<FaultName>>;
