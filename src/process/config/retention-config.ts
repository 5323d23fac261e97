import ms, { type StringValue } from 'ms';
import { z } from 'zod';

/** How long history is kept, in milliseconds; Infinity keeps it forever. */
export interface RetentionConfig {
  readonly calls: number;
  readonly rawRecords: number;
  readonly runs: number;
}

const FOREVER = 'forever';

/** A duration, or `forever`. */
const keptFor = (least: StringValue, fallback: StringValue) =>
  z
    .string()
    .transform((text, context) => {
      if (text.trim() === FOREVER) return Number.POSITIVE_INFINITY;
      const value = text.trim() === '' ? undefined : ms(text.trim() as StringValue);
      if (value !== undefined && value >= ms(least)) return value;
      context.addIssue({
        code: 'custom',
        message: `is neither ${FOREVER} nor a duration of at least ${least}; write it like ${fallback}`,
      });
      return z.NEVER;
    })
    .prefault(fallback);

/** The variables that say how long a worker keeps history. */
export const retentionShape = {
  KEEP_CALLS: keptFor('7d', '180d').describe(
    'How long the calls to partners are kept, counted from the end of their run; `forever` keeps them.',
  ),
  KEEP_RAW_RECORDS: keptFor('1d', '90d').describe(
    'How long the text of rejected records is kept. Their reason, person and state stay.',
  ),
  KEEP_RUNS: keptFor('30d', '1095d').describe(
    'How long runs and rejected records are kept. A run that changed the directory stays.',
  ),
} as const;

/** The configuration in the terms of the code. */
export function toRetention(read: z.output<z.ZodObject<typeof retentionShape>>): RetentionConfig {
  return { calls: read.KEEP_CALLS, rawRecords: read.KEEP_RAW_RECORDS, runs: read.KEEP_RUNS };
}
