import type { Step } from '../../src/simulator/simulator';

/** A record as the partner sends it. */
export function person(given: string, changes: Record<string, unknown> = {}) {
  return { name_given: given, name_family: "O'Hara-Ķeita", title: 'Dr.', clinic: 'North', ...changes };
}

/** Ten people: the partner sends this many in an answer. */
export const TEN = Array.from({ length: 10 }, (_, number) => person(`Ann ${number}`));

/** A step in which the providers endpoint sends exactly these records. */
export function serving(...records: unknown[]): Step {
  return { fault: 'records', records };
}
