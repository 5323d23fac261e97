import { z } from 'zod';
import { ENDPOINTS } from '../../contract/call';
import { MAX_CALLS_PER_ENDPOINT } from '../../contract/names';
import { failureTypes } from '../../store/lists/filters';
import { RUN_PARTS, type RunPartKind } from '../../store/runs/run-parts';
import { EXAMPLES } from './examples';
import { count, orNull, time } from './values';

/** One call to the partner. */
export const callSchema = z
  .object({
    endpoint: z.enum(ENDPOINTS).meta({ description: 'The endpoint that was called' }),
    page: z.int().min(1).meta({ description: "The page of the partner's list that was to be fetched" }),
    attempt: z
      .int()
      .min(1)
      .max(MAX_CALLS_PER_ENDPOINT)
      .meta({
        description: `Which call of this run to the endpoint for this page, of at most ${MAX_CALLS_PER_ENDPOINT}`,
      }),
    scheduledAt: orNull(
      time('When Temporal made the attempt available to a worker; null if that is not known'),
    ),
    startedAt: time('When the call was made'),
    tookMs: z
      .int()
      .nullable()
      .meta({ description: 'Milliseconds until it ended; null if the worker stopped before that' }),
    httpStatus: z.int().nullable().meta({ description: 'The HTTP status; null if there was no answer' }),
    bytes: z
      .int()
      .nullable()
      .meta({ description: 'The size of the body after decompression; null if none was read' }),
    outcome: z
      .enum(['ok', 'Interrupted', ...failureTypes])
      .meta({ description: '`ok`, a name of the failure table, or `Interrupted` if the worker stopped' }),
    detail: z.string().nullable().meta({ description: 'What was wrong; null if nothing was' }),
  })
  .meta({ id: 'PartnerCall', description: 'One call to the partner', examples: [EXAMPLES.call] });

/** A part of the time of a sync. */
export const partSchema = z
  .object({
    kind: z.enum(Object.keys(RUN_PARTS) as [RunPartKind, ...RunPartKind[]]).meta({
      description: Object.entries(RUN_PARTS)
        .map(([kind, meaning]) => `\`${kind}\`: ${meaning}`)
        .join('; '),
    }),
    startedAt: time('When the part began'),
    tookMs: count('Milliseconds'),
    attempts: orNull(
      count('How often the step was tried; null if the part is no step, or if that is not known'),
    ),
    call: callSchema
      .pick({ endpoint: true, page: true, attempt: true, outcome: true })
      .nullable()
      .meta({ description: 'For `call`: the call; otherwise null' }),
    calls: z
      .object({
        total: count('All calls of the sync'),
        tookMs: count('Milliseconds that all calls took together'),
      })
      .nullable()
      .meta({ description: 'For `calls`: the calls in numbers; otherwise null' }),
  })
  .meta({ id: 'SyncPart', description: 'A part of the time of a sync', examples: [EXAMPLES.part] });
