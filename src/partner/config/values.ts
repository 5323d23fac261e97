import ms, { type StringValue } from 'ms';
import { z } from 'zod';

/** A whole number, also as text, since environment variables are text. */
export const count = (minimum: number, maximum: number) =>
  z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], 'is not a whole number')
    .pipe(z.int().min(minimum).max(maximum))
    .meta({ form: `whole number from ${minimum} to ${maximum}` });

/** A duration such as `10s` or `1m`; the result is in milliseconds. */
export const durationWithin = (range: { min: string; max: string }) =>
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
          message: `is not a duration from ${range.min} to ${range.max}; write it like 10s`,
        });
        return z.NEVER;
      }
      return value;
    })
    .meta({ form: `duration from ${range.min} to ${range.max}` });

/** A duration, or 0 for none. */
export const durationOrNone = (range: { min: string; max: string }) =>
  z
    .union([z.literal([0, '0']).transform(() => 0), durationWithin(range)])
    .meta({ form: `0, or duration from ${range.min} to ${range.max}` });

const UNITS = [
  [ms('1d'), 'day'],
  [ms('1h'), 'hour'],
  [ms('1m'), 'minute'],
  [ms('1s'), 'second'],
  [1, 'millisecond'],
] as const;

/** Milliseconds in words, without rounding: `90 seconds`, not `2 minutes`. */
export function durationInWords(milliseconds: number): string {
  const [size, unit] = UNITS.find(([size]) => milliseconds >= size && milliseconds % size === 0) ?? [
    1,
    'millisecond',
  ];
  const count = milliseconds / size;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

const SHARE = /^(\d{1,3}(?:\.\d+)?)\s*(%?)$/;

/** A share of a whole, written like `20%` or `0.2`; the result is a number from 0 to 1. */
export const share = () =>
  z
    .union([z.number(), z.string()])
    .transform((written, context) => {
      const [, digits, sign] = SHARE.exec(String(written).trim()) ?? [];
      const value = Number(digits) / (sign ? 100 : 1);
      if (digits === undefined || value > 1) {
        context.addIssue({ code: 'custom', message: 'is not a share; write it like 20% or 0.2' });
        return z.NEVER;
      }
      return value;
    })
    .meta({ form: 'share such as `20%` or `0.2`' });

/** Much smaller than one record of the longest list, and much larger than the rounding error of a product. */
const ROUNDING = 1e-6;

/** Whether a part is more than the share of the whole. Exactly the share is not more. */
export function exceedsShare(part: number, whole: number, share: number): boolean {
  return part > share * whole + ROUNDING;
}

/** A share in words, for example `20 %`. */
export function shareInWords(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
