import { z } from 'zod';
import { ENDPOINTS, type Endpoint } from '../../contract/call';
import { MAX_STEPS } from '../noteworth';
import { type Random, seededRandom } from '../random';
import { drawStep, planStep } from '../step-table';
import { validate } from '../validate';
import type { MemberSettings } from './member-settings';
import { PAGE_STEPS, type PageStep, type PlannedPageStep } from './page-steps';

const scriptSchema = z.strictObject({
  endpoint: z.enum(ENDPOINTS),
  page: z.int().min(1).optional(),
  steps: z.array(z.custom<PageStep>()).max(MAX_STEPS),
});

/** How to answer the next calls to an endpoint, or the next calls for one of its pages. */
export type PageScript = z.input<typeof scriptSchema>;

/** Decides how to answer each call: by the page's script, by the endpoint's, then at random by the rates. */
export class PageScenario {
  private scripts = new Map<string, PlannedPageStep[]>();
  private random: Record<Endpoint, Random> | undefined;

  /**
   * Replaces the rest of an earlier script for the same endpoint and page.
   * @throws ExpectedError if a step is wrong; then the earlier script stays
   */
  script(script: unknown): void {
    const { endpoint, page, steps } = validate(scriptSchema, script, 'The script');
    this.scripts.set(
      keyOf(endpoint, page),
      steps.map((step) => planStep(PAGE_STEPS, endpoint, step)),
    );
  }

  /** Forgets the scripts. */
  clear(): void {
    this.scripts.clear();
  }

  /** Starts the random sequences again. */
  restart(): void {
    this.random = undefined;
  }

  /** The steps left, by endpoint or by endpoint and page. */
  get planned(): Readonly<Record<string, readonly PlannedPageStep[]>> {
    return Object.fromEntries([...this.scripts].map(([key, steps]) => [key, [...steps]]));
  }

  /** The number of steps left, by endpoint or by endpoint and page, such as `providers 3`. */
  get scripted(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.scripts].map(([key, steps]) => [key, steps.length]));
  }

  nextStep(endpoint: Endpoint, page: number | undefined, { seed, rates }: MemberSettings): PlannedPageStep {
    this.random ??= { auth: seededRandom(seed), providers: seededRandom(seed + 1) };
    return (
      this.scripts.get(keyOf(endpoint, page))?.shift() ??
      this.scripts.get(keyOf(endpoint, undefined))?.shift() ??
      planStep(PAGE_STEPS, endpoint, drawStep(rates[endpoint], this.random[endpoint]))
    );
  }
}

function keyOf(endpoint: Endpoint, page: number | undefined): string {
  return page === undefined ? endpoint : `${endpoint} ${page}`;
}
