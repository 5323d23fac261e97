import { z } from 'zod';
import { FAILURES, type FailureType } from '../contract/failures';
import { TRIGGERS } from '../contract/names';
import { ENDPOINTS, REJECTIONS, type Rejection, RUN_STATUSES } from '../contract/sync';

/*
 * What the API takes and gives, in one place: requests are checked with these, answers are written by them,
 * and the OpenAPI document is made from them.
 */

const failureTypes = Object.keys(FAILURES) as [FailureType, ...FailureType[]];
const rejections = Object.keys(REJECTIONS) as [Rejection, ...Rejection[]];

const time = z.iso.datetime().meta({ description: 'ISO 8601, UTC', examples: ['2026-03-01T08:30:00.000Z'] });
const count = z.int().min(0);
const json = z.unknown().meta({ description: 'Any JSON value' });
const text = (maximum: number) =>
  z
    .string()
    .min(1)
    .max(maximum)
    // Postgres takes it in no text.
    .regex(/^[^\0]*$/, 'holds a NUL');

export const idSchema = z.uuid().meta({ examples: ['0198c2f4-6b1e-7c3a-9d52-3f0a6c1b2d4e'] });
export const partnerName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .meta({ description: 'A name in partners.yaml', examples: ['noteworth'] });

export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'A name of the failure table, or `about:blank`' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What went wrong, and what to do about it' }),
    instance: z
      .string()
      .optional()
      .meta({ description: 'What is in the way, for example the run that goes on' }),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({
    id: 'Problem',
    description: 'Problem details (RFC 9457)',
    examples: [
      { type: 'about:blank', title: 'Not Found', status: 404, detail: 'There is no provider with this id.' },
    ],
  });

export const providerSchema = z
  .object({
    id: idSchema,
    partner: partnerName,
    givenName: z.string(),
    familyName: z.string(),
    title: z.string().nullable(),
    clinic: z.string().nullable(),
    attributes: z
      .record(z.string(), json)
      .meta({ description: 'What the partner sends beside the fields it is asked for' }),
    listed: z.boolean().meta({ description: 'False once a partner that sends whole lists left it out' }),
    firstSeenAt: time,
    lastSeenAt: time,
    lastChangedAt: time,
  })
  .meta({
    id: 'Provider',
    examples: [
      {
        id: '0198c2f4-6b1e-7c3a-9d52-3f0a6c1b2d4e',
        partner: 'noteworth',
        givenName: 'Zoë',
        familyName: "O'Hara",
        title: 'Dr.',
        clinic: 'Lakeside Clinic',
        attributes: {},
        listed: true,
        firstSeenAt: '2026-03-01T08:30:00.000Z',
        lastSeenAt: '2026-03-04T08:30:00.000Z',
        lastChangedAt: '2026-03-01T08:30:00.000Z',
      },
    ],
  });

/** As of a moment it is not known when it had last been seen, where it was seen again later. */
export const pastProviderSchema = providerSchema
  .extend({ lastSeenAt: time.nullable() })
  .meta({ id: 'ProviderAsOf', description: 'A provider, now or as of a moment' });

export const changeSchema = z
  .object({
    id: z.string().meta({ description: 'Orders the changes', examples: ['42'] }),
    providerId: idSchema,
    providerName: z.string(),
    partner: partnerName,
    runId: idSchema,
    field: z.string().meta({
      description:
        'A field of the provider; `attributes.<name>` for an unknown one, `listed` where it left or came back',
      examples: ['title'],
    }),
    before: json,
    after: json,
    changedAt: time,
  })
  .meta({ id: 'ProviderChange' });

export const callSchema = z
  .object({
    endpoint: z.enum(ENDPOINTS),
    attempt: z.int().min(1).max(3),
    startedAt: time,
    tookMs: z.int().nullable().meta({ description: 'Null where the end was not seen' }),
    httpStatus: z.int().nullable(),
    bytes: z.int().nullable().meta({ description: 'Of the body, after decompression' }),
    outcome: z.enum(['ok', 'Interrupted', ...failureTypes]),
    detail: z.string().nullable(),
  })
  .meta({ id: 'PartnerCall', description: 'One call to the partner' });

const runShape = {
  id: idSchema,
  partner: partnerName,
  trigger: z.enum(TRIGGERS),
  status: z.enum(RUN_STATUSES),
  workflowId: z.string(),
  runId: z.string().meta({ description: "Temporal's run ID" }),
  startedAt: time,
  finishedAt: time.nullable(),
  received: count,
  inserted: count,
  updated: count,
  unchanged: count,
  duplicates: count,
  rejected: count,
  departed: count,
  unknownFields: z.array(z.string()).readonly(),
  vanishedFields: z.array(z.string()).readonly(),
  failure: z
    .object({ type: z.enum(failureTypes), message: z.string() })
    .nullable()
    .meta({ description: 'Why it ended badly, in words' }),
  holderId: idSchema.nullable().meta({ description: 'For a skipped run: the run that held the partner' }),
};
export const runSchema = z.object(runShape).meta({ id: 'Sync', description: 'One run of a sync' });
export const runWithCallsSchema = z
  .object({
    ...runShape,
    holder: z
      .object({ id: idSchema, workflowId: z.string(), runId: z.string() })
      .nullable()
      .meta({ description: 'For a skipped run: the run that held the partner' }),
    calls: z.array(callSchema).readonly(),
  })
  .meta({ id: 'SyncWithCalls', description: 'One run with every call to the partner, in order' });

export const rejectedRecordSchema = z
  .object({
    runId: idSchema,
    position: count.meta({ description: 'Where it stood in the answer, from 0' }),
    partner: partnerName,
    reason: z.enum(rejections),
    field: z.string().nullable(),
    raw: z.string().meta({ description: 'The record as it came, as JSON text' }),
    createdAt: time,
  })
  .meta({ id: 'RejectedRecord' });

const countsByStatus = z.object(
  Object.fromEntries(RUN_STATUSES.map((status) => [status, count])) as Record<
    (typeof RUN_STATUSES)[number],
    typeof count
  >,
);
const milliseconds = z.number().min(0).nullable();
const sizes = z.object({ total: count, listed: count });

export const scheduleSchema = z
  .object({
    scheduleId: z.string(),
    times: z.string().meta({ description: 'In words', examples: ['every hour'] }),
    paused: z.boolean(),
    note: z.string().nullable(),
    nextRunAt: time.nullable(),
    lastRunAt: time.nullable(),
    lastWorkflowId: z.string().nullable(),
    skipped: count.meta({ description: 'Runs not started, since the one before went on' }),
    missed: count.meta({ description: 'Runs not started, since Temporal was away too long' }),
  })
  .meta({ id: 'Schedule' });

export const partnerSchema = z
  .object({
    name: partnerName,
    baseUrl: z.string(),
    feed: z.enum(['sample', 'snapshot']),
    identity: z.array(z.string()).readonly(),
    minimumCount: count,
    deadlineMs: count,
    providers: sizes,
    freshness: z.object({ isFresh: z.boolean(), freshForMs: count, lastSucceededAt: time.nullable() }),
    lastRun: runSchema.nullable(),
    running: runSchema.nullable(),
    schedule: scheduleSchema.nullable(),
  })
  .meta({ id: 'Partner' });

export const statsSchema = z
  .object({
    providers: sizes,
    partners: z.array(
      z.object({
        partner: partnerName,
        providers: sizes,
        last24Hours: countsByStatus,
        last7Days: countsByStatus,
        duration: z
          .object({ median: milliseconds, p95: milliseconds })
          .meta({ description: 'Milliseconds that the good runs of the last 7 days took' }),
      }),
    ),
    series: z.array(z.object({ start: time, counts: countsByStatus, medianDuration: milliseconds })),
  })
  .meta({ id: 'Stats' });

/** A page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z
      .string()
      .nullable()
      .meta({ description: 'Null on the last page; otherwise send it as `cursor`' }),
  });

export const listQuery = {
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  cursor: text(2000).optional().meta({ description: '`nextCursor` of the page before' }),
  format: z
    .enum(['json', 'csv', 'ndjson'])
    .optional()
    .meta({ description: 'Instead of the Accept header; csv and ndjson bring the whole list' }),
};

export const providerQuery = z.object({
  search: text(200)
    .optional()
    .meta({
      description: 'Words of a name, or parts of them; accents and case do not count',
      examples: ['zoe hara'],
    }),
  partner: partnerName.optional(),
  clinic: text(1000)
    .optional()
    .meta({ examples: ['Lakeside Clinic'] }),
  title: text(1000)
    .optional()
    .meta({ examples: ['Dr.'] }),
  changedSince: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Only who is new or has changed since', examples: ['2026-03-01T00:00:00Z'] }),
  listed: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
  sort: z.enum(['name', '-lastChangedAt', '-firstSeenAt']).default('name'),
});

export const runQuery = z.object({
  partner: partnerName.optional(),
  status: z.enum(RUN_STATUSES).optional(),
  trigger: z.enum(TRIGGERS).optional(),
  failureType: z.enum(failureTypes).optional(),
  startedAfter: z.iso.datetime({ offset: true }).optional(),
  startedBefore: z.iso.datetime({ offset: true }).optional(),
});

export const rejectedQuery = z.object({
  partner: partnerName.optional(),
  runId: idSchema.optional(),
  reason: z.enum(rejections).optional(),
});

/** A run is found by its id, Temporal's run ID or its workflow ID. */
export const runIdParams = z.object({ id: text(255) });
export const idParams = z.object({ id: idSchema });
