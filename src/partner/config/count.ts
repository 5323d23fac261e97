import { z } from 'zod';

/** A whole number, also as text, since the environment holds nothing else. */
export const count = (minimum: number, maximum: number) =>
  z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], 'is no whole number')
    .pipe(z.int().min(minimum).max(maximum))
    .meta({ form: `whole number from ${minimum} to ${maximum}` });
