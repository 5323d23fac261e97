import { validateHeaderName, validateHeaderValue } from 'node:http';
import { z } from 'zod';
import { ENDPOINTS, type Endpoint } from '../contract/call';
import { ExpectedError } from '../process/expected-error';
import type { Random } from './random';
import { validate } from './validate';

/** Milliseconds, up to an hour. */
export const milliseconds = z.int().min(0).max(3_600_000);
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

export interface StepEntry {
  /** The effect that the caller sees. Names of parameters are between backticks. */
  readonly meaning: string;
  readonly endpoints: readonly Endpoint[];
  readonly parameters: z.ZodRawShape;
}

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
} as const satisfies Record<string, StepEntry>;

export type StepName = keyof typeof STEPS;
export type FaultName = Exclude<StepName, 'ok'>;

type StepParameters<Name extends StepName> = z.ZodObject<(typeof STEPS)[Name]['parameters']>;

/** A step with its parameters filled in, by name. */
export type PlannedSteps = {
  [Name in StepName]: { readonly fault: Name } & z.output<StepParameters<Name>>;
};
export type PlannedStep = PlannedSteps[StepName];

/** How to answer the next call: a name, or a name with parameters. */
export type Step =
  | StepName
  | { [Name in StepName]: { readonly fault: Name } & z.input<StepParameters<Name>> }[StepName];

export const STEP_NAMES = Object.keys(STEPS) as StepName[];

const stepName = z.object({
  fault: z.enum(STEP_NAMES, `there is no such fault; the names are ${STEP_NAMES.join(', ')}`),
});

/**
 * A step for this endpoint, with its parameters filled in.
 *
 * @throws ExpectedError if the name or a parameter is wrong
 */
export function planStep(endpoint: Endpoint, step: unknown): PlannedStep {
  const written = typeof step === 'string' ? { fault: step } : step;
  const { fault } = validate(stepName, written, `A step for /${endpoint}`);
  const entry: StepEntry = STEPS[fault];
  if (!entry.endpoints.includes(endpoint)) {
    throw new ExpectedError(`The fault "${fault}" exists for /${entry.endpoints[0]}, not for /${endpoint}.`);
  }
  const schema = z.strictObject({ fault: z.literal(fault), ...entry.parameters });
  return validate(schema, written, `The step "${fault}" for /${endpoint}`) as PlannedStep;
}

/** The probability of each fault, from 0 to 1. The remaining calls are answered normally. */
export type Rates = { readonly [Name in FaultName]?: number };

/** As measured at the partner. */
export const DEFAULT_RATES = {
  auth: { hang: 0.3, error500: 0.1 },
  providers: { hang: 0.1, error500: 0.2, cut: 0.2 },
} as const satisfies Record<Endpoint, Rates>;

/** The rounding error of a sum of decimal fractions. */
const ROUNDING = 1e-9;

/** Rates for one endpoint. Each fault must exist for it and need no parameters. */
export function ratesSchema(endpoint: Endpoint) {
  return z
    .record(z.string(), z.number().min(0).max(1))
    .superRefine((rates, context) => {
      for (const name of Object.keys(rates)) {
        const problem = whyNotDrawn(endpoint, name);
        if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem });
      }
      const sum = Object.values(rates).reduce((total, rate) => total + rate, 0);
      if (sum > 1 + ROUNDING) {
        context.addIssue({ code: 'custom', message: `the rates add up to ${sum}, more than 1` });
      }
    })
    .transform((rates): Rates => rates);
}

function whyNotDrawn(endpoint: Endpoint, name: string): string | undefined {
  if (name === 'ok') return 'follows from the other rates; leave it out';
  try {
    planStep(endpoint, name);
    return undefined;
  } catch (error) {
    if (error instanceof ExpectedError) return error.message;
    throw error;
  }
}

/** Draws the fault of a call. */
export function drawFault(rates: Rates, random: Random): StepName {
  let left = random();
  for (const [name, rate] of Object.entries(rates) as [FaultName, number][]) {
    left -= rate;
    if (left < 0) return name;
  }
  return 'ok';
}
