import { z } from 'zod';
import { DECISION_LENGTHS, VERDICTS } from '../../contract/approval';
import { TRIGGERS } from '../../contract/names';
import { REMARKS, type RemarkType } from '../../contract/remarks';
import { RUN_STATUSES } from '../../contract/run';
import { failureTypes, idSchema, partnerName, text } from '../../store/lists/filters';
import { OPERATOR_ACTIONS, type OperatorAction } from '../../store/runs/operator-actions';
import { END_CALLS, FAILED_CALLS, MOST_CALLS } from '../../store/runs/read-calls';
import { callSchema, partSchema } from './call-schemas';
import { currentStepSchema } from './current-step-schema';
import { EXAMPLES } from './examples';
import { count, orNull, string, time } from './values';

const remarkTypes = Object.keys(REMARKS) as [RemarkType, ...RemarkType[]];

export const syncIdParams = z.object({
  id: text(1_000).meta({ description: "The id of the sync, Temporal's run ID or its workflow ID" }),
});

const approvalSchema = z
  .object({
    departing: count('People that the snapshot would mark as left'),
    listed: count('People of the partner in the directory who have not left'),
    requestedAt: time('When the approval was requested'),
    deadline: time('When the snapshot is rejected if there is no decision'),
    decision: z
      .object({
        verdict: z.enum(VERDICTS).meta({ description: 'The decision' }),
        by: z.string().nullable().meta({ description: 'Who decided; null if that is unknown' }),
        reason: z.string().nullable().meta({ description: 'The reason; null if none was given' }),
        at: time('When it was decided'),
      })
      .nullable()
      .meta({ description: 'Null while the sync waits, and if it ended without a decision' }),
  })
  .meta({
    id: 'Approval',
    description:
      'An approval that a sync needs because its snapshot would mark too many people as left, and the decision',
    examples: [EXAMPLES.approval],
  });

const note = (maximum: number, description: string) =>
  text(maximum)
    .refine((value) => value.isWellFormed(), 'holds half a character')
    .optional()
    .meta({ description });

/** The body of a decision about a snapshot, and of a cancellation. */
export const decisionSchema = z.strictObject({
  by: note(DECISION_LENGTHS.by, 'Who does this'),
  reason: note(DECISION_LENGTHS.reason, 'Why'),
});

const actionSchema = z
  .object({
    action: z
      .enum(Object.keys(OPERATOR_ACTIONS) as [OperatorAction['action'], ...OperatorAction['action'][]])
      .meta({
        description: Object.entries(OPERATOR_ACTIONS)
          .map(([action, meaning]) => `\`${action}\`: ${meaning}`)
          .join('; '),
      }),
    at: time('When it was done'),
    by: z.string().nullable().meta({
      description: 'The name of the operator, or where the action was made; null if that is not known',
    }),
    reason: z.string().nullable().meta({ description: 'The reason; null if none was given' }),
    runId: idSchema
      .nullable()
      .meta({ description: 'For `replayed`: the sync that replayed it; otherwise null' }),
    records: orNull(count('For `dismissed`: the number of records; otherwise null')),
  })
  .meta({
    id: 'OperatorAction',
    description: 'Something that an operator did to a sync',
    examples: [EXAMPLES.runWithCalls.actions[0]],
  });

const remarkSchema = z.object({
  type: z.enum(remarkTypes).meta({ description: 'The kind of remark' }),
  field: orNull(string("The partner's name of the field; null if the remark is not about a field")),
  count: orNull(
    count('The number of records, or for `AbsentSpared` of people; null if the remark is about neither'),
  ),
  message: string('The remark in a sentence'),
});

const runShape = {
  id: idSchema.meta({ description: 'The id of the sync' }),
  partner: partnerName.meta({ description: 'The partner that was synced' }),
  trigger: z.enum(TRIGGERS).meta({ description: 'What started the sync' }),
  status: z.enum(RUN_STATUSES).meta({ description: 'The state of the sync, or its result' }),
  workflowId: string("Temporal's workflow ID"),
  runId: string("Temporal's run ID"),
  requestedAt: orNull(
    time('When Temporal received the start; null if that was not recorded, and after a reset'),
  ),
  workerVersion: z.string().nullable().meta({
    description: 'The version of the worker that began the sync; null for a sync of version 0.1.0',
  }),
  mappingHash: z.string().nullable().meta({
    description:
      'SHA-256, in hex, of what partners.yaml said about reading the answer when the sync began; null if that is not known',
  }),
  traceId: z.string().nullable().meta({
    description: 'The id of the trace of the sync, in hex; null if none was recorded',
  }),
  startedBy: z.string().nullable().meta({ description: 'Who started the sync; null if that is not known' }),
  startedAt: time('When a worker recorded the sync'),
  finishedAt: orNull(time('When the sync ended; null while it is running')),
  repeats: count('Calls beyond the first one to an endpoint, or for a page'),
  received: count('Records in the answer of the partner'),
  inserted: count('Providers that are new in the directory'),
  updated: count('Providers that changed'),
  unchanged: count('Providers that did not change'),
  duplicates: count('Records that were in the answer more than once'),
  rejected: count('Records that could not be used'),
  departed: count('Providers that the partner no longer lists'),
  fields: z.array(z.string()).readonly().nullable().meta({
    description:
      "The partner's names of the fields of the answer; null if the sync stored nothing, or is of version 0.1.0",
  }),
  unknownFields: z.array(z.string()).readonly().meta({
    description: 'Fields that partners.yaml does not name and that the last successful run did not have',
  }),
  vanishedFields: z.array(z.string()).readonly().meta({
    description: 'Fields of partners.yaml that the last successful run had and this answer does not have',
  }),
  remarks: z
    .array(remarkSchema)
    .readonly()
    .meta({ description: 'What an operator should know about the answer' }),
  failure: z
    .object({
      type: z.enum(failureTypes).meta({ description: 'A name of the failure table' }),
      message: string('The reason in a sentence'),
    })
    .nullable()
    .meta({ description: 'Why the sync failed or was cancelled; null if it was not' }),
  approval: approvalSchema.nullable().meta({
    description: 'Null if the sync needed no approval. While it waits for one, `status` is `running`',
  }),
  holderId: idSchema
    .nullable()
    .meta({ description: 'The sync that held the partner when this one was skipped; otherwise null' }),
  replayOf: idSchema.nullable().meta({
    description: 'The sync whose answer this one stored again; null if it called the partner',
  }),
  answerSha256: z.string().nullable().meta({
    description:
      "SHA-256 of the partner's answer, in hex; of the hashes of its pages, if it has several. Null if no copy was kept",
  }),
  answerKeptUntil: orNull(
    time(
      'When the copy of the answer is removed. Until then the sync can be replayed; null if there is none',
    ),
  ),
  callsRemovedAt: orNull(
    time('When the calls of the sync were removed because of their age; null if they are there'),
  ),
  progress: z
    .object({
      pages: count('Pages that have arrived'),
      records: count('Records in these pages'),
      total: orNull(count('Records in all pages, as the partner states it; null if it states none')),
    })
    .nullable()
    .meta({
      description:
        'How far a list of several pages was fetched. Null if the sync has ended, and while no page waits for the others',
    }),
};

export const runSchema = z
  .object(runShape)
  .meta({ id: 'Sync', description: 'One run of a sync', examples: [EXAMPLES.run] });

export const runWithCallsSchema = z
  .object({
    ...runShape,
    holder: z
      .object({
        id: idSchema.meta({ description: 'The id of the sync' }),
        workflowId: string("Temporal's workflow ID"),
        runId: string("Temporal's run ID"),
      })
      .nullable()
      .meta({ description: 'The sync that held the partner when this one was skipped; otherwise null' }),
    calls: z
      .array(callSchema)
      .readonly()
      .meta({
        description: `The calls to the partner, in order: every call or, of more than ${MOST_CALLS}, the first and the last ${END_CALLS} and the latest ${FAILED_CALLS} that failed. \`/api/v1/syncs/{id}/calls\` has every call`,
      }),
    callCounts: z
      .object({
        total: count('All calls of the sync'),
        tookMs: count('Milliseconds that all calls took together'),
        outcomes: z
          .array(
            z.object({
              endpoint: callSchema.shape.endpoint,
              outcome: callSchema.shape.outcome,
              count: count('Calls to this endpoint with this outcome'),
            }),
          )
          .readonly()
          .meta({ description: 'The calls by endpoint and outcome, the most frequent first' }),
      })
      .meta({ description: 'The calls in numbers' }),
    parts: z.array(partSchema).readonly().meta({
      description:
        'The time of the sync from its request to its end, in order and without a gap. The durations add up to that time. While the sync is running, the list ends with the last moment that is recorded',
    }),
    actions: z
      .array(actionSchema)
      .readonly()
      .meta({ description: 'What operators did to the sync, the first action first' }),
  })
  .meta({
    id: 'SyncWithCalls',
    description: 'One run of a sync with its calls to the partner',
    examples: [EXAMPLES.runWithCalls],
  });

/** A sync as its own address shows it: with the step that it is in. */
export const runWithStepSchema = runWithCallsSchema
  .extend({
    current: currentStepSchema.nullable().meta({
      description:
        'What Temporal reports of a running sync. Null if the sync has ended, if it is in no step, or if Temporal does not answer within a second',
    }),
  })
  .extend({
    traceUrl: z.string().nullable().meta({
      description:
        'The address of the trace of the sync; null if it has none, or without `TRACE_URL_TEMPLATE`',
    }),
  })
  .meta({
    id: 'SyncWithStep',
    description: 'One run of a sync with its calls to the partner, and the step that it is in',
    examples: [{ ...EXAMPLES.runWithCalls, current: null, traceUrl: null }],
  });
