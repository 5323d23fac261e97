import { distance } from 'fastest-levenshtein';

/** A swap of two letters is two steps. */
const MOST_STEPS = 2;
const LARGEST_SHARE = 0.7;

/** The end of a message about an unknown name: `; did you mean records?`, or nothing if no known name is close. */
export function suggest(name: string, known: Iterable<string>): string {
  const [closest] = [...known]
    .map((one) => ({ one, steps: distance(name.toLowerCase(), one.toLowerCase()) }))
    .filter(({ steps }) => steps <= MOST_STEPS && steps < name.length * LARGEST_SHARE)
    .sort((a, b) => a.steps - b.steps);
  return closest ? `; did you mean ${closest.one}?` : '';
}
