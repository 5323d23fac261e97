import ms, { type StringValue } from 'ms';
import { z } from 'zod';

/** A duration such as `10s` or `1m`, read into milliseconds. */
export const duration = (range: { min: string; max: string }) =>
  z
    .string()
    .transform((text, context) => {
      const value = text.trim() === '' ? undefined : ms(text.trim() as StringValue);
      if (
        value === undefined ||
        value < Number(ms(range.min as StringValue)) ||
        value > Number(ms(range.max as StringValue))
      ) {
        context.addIssue({
          code: 'custom',
          message: `is no duration from ${range.min} to ${range.max}; write it like 10s`,
        });
        return z.NEVER;
      }
      return value;
    })
    .meta({ form: `duration from ${range.min} to ${range.max}` });

const UNITS = [
  [ms('1d'), 'day'],
  [ms('1h'), 'hour'],
  [ms('1m'), 'minute'],
  [ms('1s'), 'second'],
  [1, 'millisecond'],
] as const;

/** Milliseconds in words, exactly: `90 seconds`, never `2 minutes`. */
export function durationInWords(milliseconds: number): string {
  const [size, unit] = UNITS.find(([size]) => milliseconds >= size && milliseconds % size === 0) ?? [
    1,
    'millisecond',
  ];
  const count = milliseconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
