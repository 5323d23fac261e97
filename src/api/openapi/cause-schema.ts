import { z } from 'zod';
import { ENDPOINTS } from '../../contract/call';
import { failureTypes, idSchema, partnerName, runFilterSchema } from '../../store/lists/filters';
import { BAD_STATUSES } from '../../store/runs/read-causes';
import { EXAMPLES } from './examples';
import { count, orNull, string, time } from './values';

/** The filter of the causes: the one of runs, among those that went wrong. */
export const causeFilterSchema = runFilterSchema.extend({
  status: z
    .enum(BAD_STATUSES)
    .optional()
    .meta({ description: 'Only runs with this status; both by default' }),
});

/** The failed runs with one cause. */
export const causeSchema = z
  .object({
    failureType: z.enum(failureTypes).meta({ description: 'A name of the failure table' }),
    title: string('The cause in a few words'),
    meaning: string('What happened'),
    advice: string('What an operator can do'),
    state: z.enum(['mended', 'failing']).meta({
      description:
        '`mended` if each of the partners has had a successful sync since; a replay does not count',
    }),
    count: count('Runs that failed for this cause'),
    firstAt: time('When the first of them started'),
    lastAt: time('When the last of them started'),
    partners: z
      .array(
        z.object({
          partner: partnerName.meta({ description: 'The partner' }),
          count: count('Runs of this partner that failed for this cause'),
          firstAt: time('When the first of them started'),
          lastAt: time('When the last of them started'),
          endpoint: z
            .enum(ENDPOINTS)
            .nullable()
            .meta({ description: 'The endpoint that failed in the example; null if the cause was no call' }),
          message: string('The most frequent reason in a sentence'),
          exampleRunId: idSchema.meta({ description: 'The latest sync with this message' }),
          mendedByRunId: idSchema
            .nullable()
            .meta({ description: 'The first successful sync of the partner since; null if there is none' }),
          mendedAt: orNull(time('When that sync ended; null if there is none')),
        }),
      )
      .readonly()
      .meta({ description: 'The partners, those that are still failing first' }),
  })
  .meta({
    id: 'SyncCause',
    description: 'The failed and abandoned syncs with the same cause',
    examples: [EXAMPLES.cause],
  });
