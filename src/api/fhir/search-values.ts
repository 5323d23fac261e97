import { z } from 'zod';
import { ExpectedError } from '../../process/expected-error';
import type { NameMatch } from '../../store/directory/narrow-providers';
import { readIdentifier } from './elements';

/*
 * Readers for the values of search parameters, by type: https://hl7.org/fhir/R4/search.html#ptypes. Each throws an
 * ExpectedError that says what is wrong with a value.
 */

/** The most characters of a text; no name is longer. */
const MAX_LENGTH = 200;
/** The most alternatives in one value. */
const MAX_VALUES = 200;

export const MODIFIERS = { exact: 'is', contains: 'contains' } as const satisfies Record<
  string,
  NameMatch['how']
>;
export type Modifier = keyof typeof MODIFIERS;

/** Reads a string: the beginning of a text, unless a modifier changes that. */
export function readString(value: string): string {
  const [text = '', ...others] = readAlternatives(value);
  if (others.length > 0) throw new ExpectedError('takes one value; a comma in a text is written as \\,');
  // A blank text would match every provider.
  if (text.trim() === '') throw new ExpectedError('takes a text that is not blank');
  if (text.length > MAX_LENGTH) throw new ExpectedError(`takes at most ${MAX_LENGTH} characters`);
  if (text.includes('\0')) throw new ExpectedError('holds a NUL');
  return text;
}

/** Reads alternatives, separated by commas. One of them has to match. */
export function readAlternatives(value: string): string[] {
  const values = value.match(/(?:\\.|[^\\,]|\\$)+/gs) ?? [];
  if (values.length > MAX_VALUES) throw new ExpectedError(`takes at most ${MAX_VALUES} values`);
  return values.map((one) => one.replace(/\\([\\,|$])/g, '$1'));
}

/** Reads a token `true` or `false`. */
export function readBoolean(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new ExpectedError('has to be true or false');
  return value === 'true';
}

/** Reads identifiers of a Practitioner, and returns the ids in them. */
export function readIdentifiers(value: string): string[] {
  return readAlternatives(value).flatMap((token) => readIdentifier(token) ?? []);
}

/** Reads references to resources of a type on this server (`id`, `Type/id` or the whole address), and returns the ids. */
export function readReferences(value: string, type: string, base: string): string[] {
  return readAlternatives(value).flatMap((reference) => {
    const relative = reference.startsWith(`${base}/`) ? reference.slice(base.length + 1) : reference;
    const id = relative.startsWith(`${type}/`) ? relative.slice(type.length + 1) : relative;
    return id.includes('/') ? [] : [id];
  });
}

const DATE =
  /^([a-z]{2})?(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d)(?:(:\d\d)(\.\d{1,9})?)?(Z|[ +-]\d\d:\d\d)?)?)?)?$/;

/** A period that includes `since` and ends before `before`. */
export interface Period {
  readonly since?: Date;
  readonly before?: Date;
}

/** Reads a date with its prefix; in UTC by default. A date without a time means the whole day. */
export function readDate(value: string): Period {
  const [, prefix = 'eq', year = '', month, day, time, seconds, fraction, zone = 'Z'] =
    DATE.exec(value) ?? [];
  const clock = `${time ?? '00:00'}${seconds ?? ':00'}${fraction ?? ''}${zone.replace(' ', '+')}`;
  const text = `${year}-${month ?? '01'}-${day ?? '01'}T${clock}`;
  if (!z.iso.datetime({ offset: true }).safeParse(text).success || year === '0000') {
    throw new ExpectedError('takes a date such as ge2026-03-01 or lt2026-03-01T08:30:00Z');
  }
  const start = new Date(text);
  const end = new Date(start);
  if (fraction) end.setUTCMilliseconds(start.getUTCMilliseconds() + 1);
  else if (seconds) end.setUTCSeconds(start.getUTCSeconds() + 1);
  else if (time) end.setUTCMinutes(start.getUTCMinutes() + 1);
  else if (day) end.setUTCDate(start.getUTCDate() + 1);
  else if (month) end.setUTCMonth(start.getUTCMonth() + 1);
  else end.setUTCFullYear(start.getUTCFullYear() + 1);
  const period = PERIODS[prefix]?.(start, end);
  if (!period) throw new ExpectedError(`takes the prefixes ${Object.keys(PERIODS).join(', ')}`);
  return period;
}

/** https://hl7.org/fhir/R4/search.html#prefix, for points in time */
const PERIODS: Record<string, (start: Date, end: Date) => Period> = {
  eq: (since, before) => ({ since, before }),
  ge: (since) => ({ since }),
  gt: (_start, since) => ({ since }),
  sa: (_start, since) => ({ since }),
  lt: (before) => ({ before }),
  eb: (before) => ({ before }),
  le: (_start, before) => ({ before }),
};
