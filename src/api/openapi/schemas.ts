import { z } from 'zod';
import { REJECTIONS, type Rejection } from '../../contract/answer';
import { DECISION_LENGTHS, VERDICTS } from '../../contract/approval';
import { ENDPOINTS } from '../../contract/call';
import { FAILURES, type FailureType } from '../../contract/failures';
import { TRIGGERS } from '../../contract/names';
import { REMARKS, type RemarkType } from '../../contract/remarks';
import { RUN_STATUSES } from '../../contract/run';
import { CHECK_STATES, CHECKS } from '../../operations/health/check';
import { FINDING_CODES, HEALTH_STATUSES, SEVERITIES } from '../../operations/health/finding';
import { idSchema, partnerName, providerFilterSchema, text } from '../../store/lists/filters';
import { EXAMPLES } from './examples';

/*
 * What the API takes and gives, in one place: requests are checked with these, answers are written by them,
 * and the OpenAPI document is made from them.
 */

const failureTypes = Object.keys(FAILURES) as [FailureType, ...FailureType[]];
const remarkTypes = Object.keys(REMARKS) as [RemarkType, ...RemarkType[]];
const rejections = Object.keys(REJECTIONS) as [Rejection, ...Rejection[]];

const time = z.iso.datetime().meta({ description: 'ISO 8601, UTC', examples: ['2026-03-01T08:30:00.000Z'] });
const count = z.int().min(0);
const json = z.unknown().meta({ description: 'Any JSON value' });

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
    // Not a z.record: that leaves out the name `__proto__`, which a partner may use like any other.
    attributes: z.unknown().meta({
      type: 'object',
      additionalProperties: true,
      description: 'What the partner sends beside the fields that partners.yaml names',
    }),
    listed: z.boolean().meta({ description: 'False once a partner that sends whole lists left it out' }),
    firstSeenAt: time,
    lastSeenAt: time,
    lastChangedAt: time,
  })
  .meta({
    id: 'Provider',
    description: 'Somebody in the directory',
    examples: [EXAMPLES.provider],
  });

/** As of a moment it is not known when it had last been seen, where it was seen again later. */
export const pastProviderSchema = providerSchema.extend({ lastSeenAt: time.nullable() }).meta({
  id: 'ProviderAsOf',
  description: 'A provider, now or as of a moment',
  examples: [EXAMPLES.provider],
});

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
  .meta({
    id: 'ProviderChange',
    description: 'A field of a provider that a sync changed',
    examples: [EXAMPLES.change],
  });

const callSchema = z
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
  .meta({ id: 'PartnerCall', description: 'One call to the partner', examples: [EXAMPLES.call] });

const approvalSchema = z
  .object({
    departing: count.meta({ description: 'People whom the snapshot would mark as left' }),
    listed: count.meta({ description: 'People of the partner in the directory who have not left' }),
    requestedAt: time,
    deadline: time.meta({ description: 'Without a decision until then, the snapshot is rejected' }),
    decision: z
      .object({
        verdict: z.enum(VERDICTS),
        by: z.string().nullable(),
        reason: z.string().nullable(),
        at: time,
      })
      .nullable()
      .meta({ description: 'Null while the sync waits, and where it ended before a decision' }),
  })
  .meta({
    id: 'Approval',
    description:
      'What an operator has to approve, since the snapshot would mark too many people as left, and the decision',
    examples: [EXAMPLES.approval],
  });

const note = (maximum: number) =>
  text(maximum)
    .refine((value) => value.isWellFormed(), 'holds half a character')
    .optional();
export const decisionSchema = z.strictObject({
  by: note(DECISION_LENGTHS.by).meta({ description: 'Who decides' }),
  reason: note(DECISION_LENGTHS.reason),
});

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
  unknownFields: z
    .array(z.string())
    .readonly()
    .meta({ description: 'Fields that partners.yaml does not name, and the last good run had not' }),
  vanishedFields: z
    .array(z.string())
    .readonly()
    .meta({ description: 'Fields of partners.yaml that the last good run had, and this answer has not' }),
  remarks: z
    .array(
      z.object({
        type: z.enum(remarkTypes),
        field: z.string().meta({ description: "The partner's name of the field" }),
        count: count.nullable().meta({ description: 'Of records, where there is one to tell' }),
        message: z.string(),
      }),
    )
    .readonly()
    .meta({ description: 'What an operator should know about the answer' }),
  failure: z
    .object({ type: z.enum(failureTypes), message: z.string() })
    .nullable()
    .meta({ description: 'Why it ended badly, in words' }),
  approval: approvalSchema
    .nullable()
    .meta({ description: 'Null where the sync needed none. While it waits, `status` is `running`' }),
  holderId: idSchema.nullable().meta({ description: 'For a skipped run: the run that held the partner' }),
};
export const runSchema = z
  .object(runShape)
  .meta({ id: 'Sync', description: 'One run of a sync', examples: [EXAMPLES.run] });
export const runWithCallsSchema = z
  .object({
    ...runShape,
    holder: z
      .object({ id: idSchema, workflowId: z.string(), runId: z.string() })
      .nullable()
      .meta({ description: 'For a skipped run: the run that held the partner' }),
    calls: z.array(callSchema).readonly(),
  })
  .meta({
    id: 'SyncWithCalls',
    description: 'One run with every call to the partner, in order',
    examples: [EXAMPLES.runWithCalls],
  });

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
  .meta({
    id: 'RejectedRecord',
    description: 'A record that came and could not be used',
    examples: [EXAMPLES.rejectedRecord],
  });

const countsByStatus = z.object(
  Object.fromEntries(RUN_STATUSES.map((status) => [status, count])) as Record<
    (typeof RUN_STATUSES)[number],
    typeof count
  >,
);
const milliseconds = z.number().min(0).nullable();
const sizes = z.object({ total: count, listed: count });

const scheduleSchema = z
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
  .meta({ id: 'Schedule', description: 'When a partner is synced by itself', examples: [EXAMPLES.schedule] });

export const partnerSchema = z
  .object({
    name: partnerName,
    baseUrl: z.string(),
    feed: z.enum(['sample', 'snapshot']),
    identity: z.array(z.string()).readonly(),
    minimumCount: count,
    maximumRejected: z
      .number()
      .min(0)
      .max(1)
      .meta({ description: 'The share of records that may be rejected; with more, the run fails' }),
    deadlineMs: count,
    providers: sizes,
    freshness: z.object({ isFresh: z.boolean(), freshForMs: count, lastSucceededAt: time.nullable() }),
    lastRun: runSchema.nullable(),
    running: runSchema.nullable(),
    scheduleState: z
      .enum(['known', 'none', 'unknown'])
      .meta({ description: '`unknown` while Temporal does not answer' }),
    schedule: scheduleSchema.nullable().meta({ description: 'Null unless it is known' }),
  })
  .meta({ id: 'Partner', description: 'Where providers come from', examples: [EXAMPLES.partner] });

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
  .meta({ id: 'Stats', description: 'The directory and its runs in numbers', examples: [EXAMPLES.stats] });

const findingSchema = z.object({
  code: z.enum(FINDING_CODES).meta({ description: 'A name that stays the same, for alerts' }),
  severity: z.enum(SEVERITIES),
  what: z.string(),
  since: time.nullable(),
  sinceAtLeast: z.boolean().meta({ description: 'Whether it may have begun before `since`' }),
  advice: z.string(),
  partner: partnerName.nullable().meta({ description: 'Null where it is not about one partner' }),
  link: z.string().nullable().meta({ description: 'The page with more about it' }),
  runs: z
    .array(
      z.object({
        workflowId: z.string(),
        partner: partnerName.nullable(),
        since: time.nullable(),
        reason: z.string(),
      }),
    )
    .readonly()
    .meta({ description: 'The runs that it is about, at most ten, the longest wait first' }),
});

export const healthReportSchema = z
  .object({
    status: z.enum(HEALTH_STATUSES),
    checkedAt: time,
    workersPolling: count.nullable().meta({ description: 'Null where Temporal did not say' }),
    runsWaiting: count
      .nullable()
      .meta({ description: 'Open runs that make no progress; null where Temporal did not say' }),
    findings: z.array(findingSchema).readonly().meta({ description: 'The worst first' }),
    checks: z
      .array(z.object({ check: z.enum(CHECKS), state: z.enum(CHECK_STATES), fact: z.string() }))
      .readonly()
      .meta({ description: 'What was looked at, and what was seen' }),
  })
  .meta({
    id: 'Health',
    description: 'How everything that syncs need is doing',
    examples: [EXAMPLES.health],
  });

/** What the OpenAPI document shows for a schema. */
export function exampleOf(schema: z.ZodType): unknown {
  const examples = schema.meta()?.examples;
  return Array.isArray(examples) ? examples[0] : undefined;
}

/** A page of a list. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z
    .object({
      items: z.array(item),
      nextCursor: z
        .string()
        .nullable()
        .meta({ description: 'Null on the last page; otherwise send it as `cursor`' }),
    })
    .meta({ examples: [{ items: [exampleOf(item)], nextCursor: null }] });

/** A page of providers, for whoever follows what changes. */
export const providerPage = pageOf(providerSchema)
  .extend({
    completeUntil: time.meta({
      description:
        'Every change before this moment is in the list. To follow changes and miss none, keep that of the first page and send it as `changedSince` next time: changes show when their sync ends, with a time from before. For an export, read a page of one item first',
    }),
  })
  .meta({
    examples: [{ items: [EXAMPLES.provider], nextCursor: null, completeUntil: EXAMPLES.run.finishedAt }],
  });

/** A list that is short enough to come as a whole. */
export const wholeListOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item) }).meta({ examples: [{ items: [exampleOf(item)] }] });

const DIGITS = /^\d{1,9}$/;

/** A number in a query, where everything is text; `usual` where none is given. */
export function wholeNumber({ maximum, usual }: { maximum: number; usual: number }, description: string) {
  const error = `is no whole number from 1 to ${maximum}`;
  return z
    .preprocess(
      (value) => (typeof value === 'string' && DIGITS.test(value) ? Number(value) : value),
      z.int(error).min(1, error).max(maximum, error),
    )
    .default(usual)
    .meta({
      type: 'integer',
      minimum: 1,
      maximum,
      description: `${description}; ${usual} where none is given`,
    });
}

export const listQuery = {
  limit: wholeNumber({ maximum: 200, usual: 50 }, 'Items of a page'),
  cursor: text(4000).optional().meta({ description: '`nextCursor` of the page before' }),
  format: z
    .enum(['json', 'csv', 'ndjson'])
    .optional()
    .meta({ description: 'Instead of the Accept header; csv and ndjson bring the whole list' }),
};

export const providerQuery = providerFilterSchema.extend({
  listed: z
    .stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive', error: 'is neither true nor false' })
    .meta({
      type: 'boolean',
      description: 'The older form of `status`: true for `present`, false for `left`',
    })
    .optional(),
});

/** A run is found by its id, Temporal's run ID or its workflow ID. */
export const runIdParams = z.object({ id: text(1_000) });
export const idParams = z.object({ id: idSchema });
