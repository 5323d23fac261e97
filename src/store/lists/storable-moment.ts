const FIRST = Date.parse('0001-01-01T00:00:00.000Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A time of a query (ISO 8601, or milliseconds from 1970) within the years that ISO 8601 and Postgres write with four
 * digits. No row has a time outside them.
 */
export function storableMoment(time: string | number): Date {
  const ms = new Date(time).getTime();
  return new Date(Math.max(FIRST, Math.min(LAST, ms)));
}
