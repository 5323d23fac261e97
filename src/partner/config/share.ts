import { z } from 'zod';

const SHARE = /^(\d{1,3}(?:\.\d+)?)\s*(%?)$/;

/** A share of a whole, written like `20%` or `0.2`, read into a number from 0 to 1. */
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

/** Far less than one part of the longest list, and far more than the rounding of a product. */
const ROUNDING = 1e-6;

/** Whether a part is more than the share of the whole. Exactly the share is not more. */
export function exceedsShare(part: number, whole: number, share: number): boolean {
  return part > share * whole + ROUNDING;
}

/** A share in words, for example `20 %`. */
export function shareInWords(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
