import { z } from 'zod';
import { partnerName } from '../../store/lists/filters';
import { EXAMPLES } from './examples';
import { readingSchema } from './reading-schema';
import { runSchema } from './sync-schemas';
import { count, flag, orNull, string, time } from './values';

export const partnerParams = z.object({ name: partnerName });

/** The size of the directory, or of a partner's part of it. */
export const sizesSchema = z
  .object({
    total: count('All providers, with those who left'),
    listed: count('Providers who have not left'),
  })
  .meta({ description: 'The number of providers' });

const scheduleSchema = z
  .object({
    scheduleId: string("Temporal's id of the schedule"),
    times: z.string().meta({
      description: 'When it starts a sync, in words',
      examples: ['Every day at 05:00 (Europe/Zurich), up to 1 minute later'],
    }),
    cron: z
      .string()
      .nullable()
      .meta({
        description: 'The same as a cron expression; null for an interval, and for several calendars',
        examples: ['0 5 * * *'],
      }),
    timeZone: z
      .string()
      .nullable()
      .meta({
        description: 'The time zone of its times; null for an interval',
        examples: ['Europe/Zurich'],
      }),
    paused: flag('Whether the schedule is paused'),
    backOffUntil: orNull(
      time('Until when it starts no sync, because the partner keeps failing; null if it does not back off'),
    ),
    note: z
      .string()
      .nullable()
      .meta({ description: 'Why it was paused or resumed, or backs off; null if nothing was said' }),
    nextRunAt: orNull(time('When it starts the next sync; null if it will not')),
    nextRunsAt: z
      .array(time('When it starts a sync'))
      .readonly()
      .meta({ description: 'The next times, at most five; empty if it is paused' }),
    lastRunAt: orNull(time('When it last started a sync; null if it never did')),
    lastWorkflowId: z
      .string()
      .nullable()
      .meta({ description: 'The workflow ID of the last sync that it started; null if there is none' }),
    skipped: count('Syncs that were not started because the one before was still running'),
    missed: count('Syncs that were not started because Temporal was unavailable for too long'),
  })
  .meta({ id: 'Schedule', description: 'The schedule of a partner', examples: [EXAMPLES.schedule] });

const successes = (description: string) =>
  z
    .object({ succeeded: count('Those that succeeded'), ended: count('Those that succeeded or failed') })
    .meta({ description });

const forecastSchema = z.object({
  runs: count('Syncs that end before `freshUntil`: the one that is running, and those of the schedule'),
  chance: z.number().min(0).max(1).meta({ description: 'The probability that one of them succeeds' }),
  latest: successes('The latest syncs, at most 20'),
  afterFailure: successes('Those of them that came after a failed one'),
});

export const partnerViewSchema = z
  .object({
    name: partnerName.meta({ description: 'The name in partners.yaml' }),
    baseUrl: string("The address of the partner's API"),
    feed: z.enum(['sample', 'snapshot', 'changes']).meta({
      description:
        'Whether an answer is a part of the list (`sample`), all of it (`snapshot`), or what changed in it (`changes`)',
    }),
    identity: z
      .array(z.string())
      .readonly()
      .meta({ description: "The partner's fields that identify a provider" }),
    minimumCount: count(
      'The smallest number of different records in an answer, rejected ones included; with fewer, the sync fails',
    ),
    maximumRejected: z
      .number()
      .min(0)
      .max(1)
      .meta({ description: 'The largest share of rejected records in an answer; with more, the sync fails' }),
    deadlineMs: count('Milliseconds that a call to the partner may take'),
    reading: readingSchema,
    providers: sizesSchema,
    freshness: z
      .object({
        isFresh: flag('Whether the last successful sync is recent enough'),
        freshForMs: count('Milliseconds for which a successful sync counts as recent'),
        lastSucceededAt: orNull(time('When the last successful sync ended; null if there was none')),
        freshUntil: orNull(
          time('When the data stops being fresh without another successful sync; null if there was none'),
        ),
      })
      .meta({ description: 'How recent the data of the partner is' }),
    forecast: forecastSchema.nullable().meta({
      description:
        'Whether the data will stay fresh; null if it is not fresh now, or the schedule is unknown',
    }),
    lastRun: runSchema.nullable().meta({ description: 'The latest sync; null if there was none' }),
    running: runSchema.nullable().meta({ description: 'The sync that is running; null if there is none' }),
    scheduleState: z
      .enum(['known', 'none', 'unknown'])
      .meta({ description: '`none` without a schedule, `unknown` if Temporal does not respond' }),
    schedule: scheduleSchema.nullable().meta({ description: 'Null unless `scheduleState` is `known`' }),
  })
  .meta({ id: 'Partner', description: 'A partner that sends providers', examples: [EXAMPLES.partner] });
