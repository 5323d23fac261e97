import { z } from 'zod';
import { STEPS } from '../faults';
import { REFUSAL_STEPS } from '../refusals';
import type { PlannedSteps, StepTable, WrittenStep } from '../step-table';

const AUTH = ['auth'] as const;
const PROVIDERS = ['providers'] as const;
const { ok, slow, cut, cutConnection, stall, empty, html, noToken } = STEPS;

/**
 * Every way in which a partner of the family answers a call. Faults that send records are applied after the request is
 * checked, so that only a good request receives them.
 */
export const PAGE_STEPS = {
  ...REFUSAL_STEPS,
  ok,
  slow,
  cut,
  cutConnection,
  stall,
  empty,
  html,
  noToken: {
    ...noToken,
    meaning: '200 with neither a token header nor a token in the JSON',
    endpoints: AUTH,
  },
  expireToken: {
    meaning: 'All tokens expire just before, so the token of this call is outdated',
    endpoints: PROVIDERS,
    parameters: {},
  },
  repeatLink: {
    meaning: 'The address or cursor of the next page is that of this page',
    endpoints: PROVIDERS,
    parameters: {},
  },
  loseLink: {
    meaning: 'The page has no address or cursor of the next page',
    endpoints: PROVIDERS,
    parameters: {},
  },
  shrinkTotal: {
    meaning: 'The total is smaller, by `by`',
    endpoints: PROVIDERS,
    parameters: { by: z.int().min(1).default(1) },
  },
  shortPage: {
    meaning:
      'The page has at most `count` records; its other records are left out, and the pages after it follow',
    endpoints: PROVIDERS,
    parameters: { count: z.int().min(0).default(1) },
  },
  emptyPage: {
    meaning: 'The page has no records; the pages after it follow',
    endpoints: PROVIDERS,
    parameters: {},
  },
} as const satisfies StepTable;

export type PageStepName = keyof typeof PAGE_STEPS;
export type PageFaultName = Exclude<PageStepName, 'ok'>;
export type PageSteps = PlannedSteps<typeof PAGE_STEPS>;
export type PlannedPageStep = PageSteps[PageStepName];

/** How to answer the next call to a partner of the family: a name, or a name with parameters. */
export type PageStep = WrittenStep<typeof PAGE_STEPS>;
