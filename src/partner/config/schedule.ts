import { z } from 'zod';
import { count, durationInWords, durationOrNone, durationWithin } from './values';

/** Five fields, or a name like `@daily`. Temporal checks that the numbers are in range. */
const cron = z
  .string()
  .trim()
  .regex(/^(@(yearly|monthly|weekly|daily|hourly)|[\w*/,-]+( +[\w*/,-]+){4})$/, {
    error: "is not a cron expression of five fields; write it like '0 5 * * *'",
  })
  .transform((text) => text.replace(/ +/g, ' '))
  .meta({ form: 'cron expression' });

const timeZone = z
  .string()
  .refine(isTimeZone, 'is not a time zone; write it like Europe/Zurich or UTC')
  .meta({ form: 'time zone' });

/** `schedule:` of a partner in partners.yaml. Durations are in milliseconds once read. */
export const scheduleSchema = z
  .strictObject({
    every: durationWithin({ min: '1s', max: '366d' })
      .refine((milliseconds) => milliseconds % 1000 === 0, 'is not a whole number of seconds')
      .optional()
      .describe('The interval, counted from the epoch: `1h` runs at full hours, UTC. Give this or `cron`.'),
    cron: cron
      .optional()
      .describe(
        "The times as a cron expression, such as `'0 5 * * *'`. Day of month and day of week must both match, as Temporal reads it.",
      ),
    timeZone: timeZone
      .optional()
      .describe('The IANA name of the time zone of `cron`; UTC if it is not given.'),
    jitter: durationWithin({ min: '0s', max: '1d' })
      .prefault('0s')
      .describe(
        'Each run starts up to this much later, so that partners are not all called at the same moment.',
      ),
    paused: z
      .boolean()
      .default(false)
      .describe('Whether the schedule is paused. A change here overrules what an operator did in Temporal.'),
    catchUpWindow: durationWithin({ min: '10s', max: '366d' })
      .prefault('1h')
      .describe('How late a run that Temporal missed may still be started.'),
    pauseAfterFailures: count(1, 100)
      .optional()
      .describe(
        'The schedule is paused after this many failed runs in a row, with a note. Without it, never.',
      ),
    backOff: z
      .strictObject({
        after: count(1, 100)
          .default(3)
          .describe(
            'From this many failed runs in a row, each failed run doubles the time to the next scheduled run.',
          ),
        atMost: durationOrNone({ min: '1s', max: '366d' })
          .prefault('6h')
          .describe(
            'The longest time to the next scheduled run while the partner fails, and never more than a quarter of `freshFor`. `0` keeps the schedule as it is.',
          ),
      })
      .prefault({})
      .describe('A partner whose runs keep failing is asked less often, until a run succeeds.'),
  })
  .superRefine(({ every, cron, timeZone }, context) => {
    if ((every === undefined) === (cron === undefined)) {
      context.addIssue({ code: 'custom', message: 'needs one of every and cron' });
    }
    if (timeZone !== undefined && cron === undefined) {
      context.addIssue({ code: 'custom', path: ['timeZone'], message: 'applies to cron only' });
    }
  });

/** The times at which Temporal starts runs of a partner. */
export type Schedule = z.output<typeof scheduleSchema>;

/** The times as partners.yaml has them, to compare schedules: `every hour` or `at 0 5 * * * (Europe/Zurich)`. */
export function timesAsWritten({ every, cron, timeZone = 'UTC' }: Partial<Schedule>): string {
  if (every === undefined) return `at ${cron} (${timeZone})`;
  return `every ${durationInWords(every).replace(/^1 /, '')}`;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // JavaScript accepts an offset such as +01:00 as a time zone, Temporal does not.
    return /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}
