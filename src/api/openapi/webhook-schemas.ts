import { z } from 'zod';
import { MESSAGE_STATES, RECEIVER_NAME, TEST_EVENT, WEBHOOK_EVENTS } from '../../contract/webhooks';
import { partnerName } from '../../store/lists/filters';
import { count, flag, orNull, string, time } from './values';

export const receiverParams = z.object({
  name: z
    .string()
    .regex(RECEIVER_NAME, 'is not the name of a receiver')
    .meta({ description: 'The name of the receiver' }),
});

const receiver = {
  name: 'pager',
  host: 'hooks.example.com',
  events: ['run.failed', 'run.recovered'],
  partners: null,
  configured: true,
  lastDeliveredAt: '2026-03-04T08:30:07.214Z',
  failingSince: null,
  failure: null,
  disabledAt: null,
  waiting: 0,
  waitingSince: null,
  dueSince: null,
  failed: 0,
};

export const receiverSchema = z
  .object({
    name: string('Its name in partners.yaml'),
    host: z.string().nullable().meta({ description: 'The host of its address; null if it is unknown' }),
    events: z.array(z.enum(WEBHOOK_EVENTS)).readonly().meta({ description: 'What it gets' }),
    partners: z
      .array(partnerName)
      .readonly()
      .nullable()
      .meta({ description: 'The partners whose events it gets; null for all' }),
    configured: flag('Whether partners.yaml of the worker that started last has it'),
    lastDeliveredAt: orNull(time('When it last took a message')),
    failingSince: orNull(time('The first failed attempt since it last had taken all that it was sent')),
    failure: z
      .string()
      .nullable()
      .meta({ description: 'Why the last failed attempt failed; null if it does not fail' }),
    disabledAt: orNull(time('When it answered 410; it gets nothing more until a replay')),
    waiting: count('Messages that wait to be sent; at most 10 000 are counted'),
    waitingSince: orNull(time('Since when the oldest waiting message has waited')),
    dueSince: orNull(
      time('Since when a message has been due, or the last delivery if that was later; null if none is due'),
    ),
    failed: count('Messages that were given up; at most 10 000 are counted'),
  })
  .meta({ id: 'Webhook', description: 'A receiver of webhooks', examples: [receiver] });

export const messageSchema = z
  .object({
    id: string('The `webhook-id`, or its beginning for changes of the directory'),
    event: z.enum([...WEBHOOK_EVENTS, TEST_EVENT]).meta({ description: 'What it reports' }),
    partner: partnerName.nullable().meta({ description: 'The partner; null for a test' }),
    subjectId: string('The id of the run or of the erased provider'),
    createdAt: time('When it was written, with what it reports'),
    state: z.enum(MESSAGE_STATES).meta({ description: '`failed`: given up; only a replay sends it again' }),
    attempts: count('Attempts so far'),
    nextAttemptAt: orNull(time('The next attempt; null unless it waits')),
    endedAt: orNull(time('When it was delivered or given up')),
    failure: z.string().nullable().meta({ description: 'Why the last attempt failed' }),
  })
  .meta({
    id: 'WebhookMessage',
    description: 'A message to a receiver of webhooks',
    examples: [
      {
        id: '5b0c1d3e-2f4a-4b6c-8d7e-9f0a1b2c3d4e',
        event: 'run.failed',
        partner: 'noteworth',
        subjectId: '0198c2f4-0000-7c3a-9d52-3f0a6c1b2d4e',
        createdAt: '2026-03-04T08:30:02.118Z',
        state: 'delivered',
        attempts: 1,
        nextAttemptAt: null,
        endedAt: '2026-03-04T08:30:07.214Z',
        failure: null,
      },
    ],
  });

export const webhookRequestSchema = z
  .strictObject({
    since: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'What was delivered at this time or later is sent again too' }),
  })
  .nullish()
  .meta({ examples: [{ since: '2026-03-04T00:00:00Z' }] });

export const webhookRequestedSchema = z
  .object({
    workflowId: string("Temporal's workflow ID of the request, whose result is the number of messages"),
  })
  .meta({
    examples: [{ workflowId: 'provider-sync.webhook.pager.replay.5b0c1d3e-2f4a-4b6c-8d7e-9f0a1b2c3d4e' }],
  });
