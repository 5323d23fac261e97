import { type Random, sample } from '../../src/simulator/random';

/** What is killed with SIGKILL. */
const VICTIMS = ['worker', 'Postgres', 'Temporal'] as const;
export type Victim = (typeof VICTIMS)[number];

/**
 * When it is killed. `called`: while the partner is called for the page. `staged`: when the page is in Postgres, before
 * Temporal gets the result. `between`: when Temporal has the result, before the next step.
 */
const MOMENTS = ['called', 'staged', 'between'] as const;
/** `continuing`: when the run next continues as a new Temporal run, before that one has the claim. */
export type Moment = (typeof MOMENTS)[number] | 'continuing';

export interface PageStrike {
  /** From 1. */
  readonly page: number;
  readonly victim: Victim;
  readonly moment: Moment;
}

/** Every victim at each moment of a page. */
export const KINDS = VICTIMS.flatMap((victim) => MOMENTS.map((moment) => ({ victim, moment })));

/** One strike of each of these kinds, at different pages of these in random order. */
export function planStrikes(
  kinds: readonly Omit<PageStrike, 'page'>[],
  pages: readonly number[],
  random: Random,
): PageStrike[] {
  const drawn = sample(pages, kinds.length, random);
  return kinds.map((kind, index) => ({ page: drawn[index] ?? 0, ...kind }));
}
