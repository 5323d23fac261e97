import type { Step } from '../../src/simulator/simulator';

/** A record as the partner sends it. */
export function person(given: string, changes: Record<string, unknown> = {}) {
  return { name_given: given, name_family: "O'Hara-Ķeita", title: 'Dr.', clinic: 'North', ...changes };
}

/** As many as the partner sends at a time. */
export const TEN = Array.from({ length: 10 }, (_, number) => person(`Ann ${number}`));

/** The answer of the providers endpoint with exactly these records. */
export function serving(...records: unknown[]): Step {
  return { fault: 'records', records };
}
