import { z } from 'zod';
import { PRESENCES, REJECTED_STATES } from '../../contract/rejected';
import { groupId, idSchema, partnerName, rejections } from '../../store/lists/filters';
import { EXAMPLES } from './examples';
import { decisionSchema } from './sync-schemas';
import { count, orNull, string, time } from './values';

const nullable = (description: string) => z.string().nullable().meta({ description });

export const rejectedRecordSchema = z
  .object({
    runId: idSchema.meta({ description: 'The sync that received the record' }),
    record: z.int().min(1).meta({ description: 'The number of the record in the answer, from 1' }),
    partner: partnerName.meta({ description: 'The partner that sent the record' }),
    reason: z.enum(rejections).meta({ description: 'Why the record could not be used' }),
    field: z
      .string()
      .nullable()
      .meta({ description: 'The field with the mistake; null if it is not one field' }),
    raw: nullable('The record as it was sent, as JSON text; null if it was removed because of its age'),
    createdAt: time('When the record was rejected'),
    givenName: nullable('The given name of the person; null if the record has none that can be used'),
    familyName: nullable('The family name of the person; null if the record has none that can be used'),
    state: z.enum(REJECTED_STATES).meta({
      description:
        '`open`; `gone`, because a later sync brought the person; `dismissed` by an operator; or `resolved` by a replay of its sync, which used the record or rejected it again',
    }),
    groupId: groupId.meta({ description: 'The same for all records of one person with the same fault' }),
    goneByRunId: orNull(idSchema.meta({ description: 'The later sync that brought the person, or null' })),
    resolvedByRunId: orNull(
      idSchema.meta({ description: 'The sync that used the record after all, or null' }),
    ),
    dismissedAt: orNull(time('When an operator dismissed the record, or null')),
    dismissedBy: nullable('Who dismissed it, or null'),
    dismissedReason: nullable('Why it was dismissed, or null'),
  })
  .meta({
    id: 'RejectedRecord',
    description: 'A record that was received and could not be used',
    examples: [EXAMPLES.rejectedRecord],
  });

export const rejectedGroupSchema = z
  .object({
    id: groupId.meta({ description: 'The `groupId` of its records' }),
    partner: partnerName.meta({ description: 'The partner that sent the records' }),
    problem: string('The person and the fault in words'),
    givenName: nullable('The given name in the latest record; null if it has none that can be used'),
    familyName: nullable('The family name in the latest record; null if it has none that can be used'),
    reason: z.enum(rejections).meta({ description: 'Why the records could not be used' }),
    field: nullable('The field with the mistake; null if it is not one field'),
    count: z.int().min(1).meta({ description: 'The records of the group that match the filter' }),
    firstAt: time('When the first of them was rejected'),
    lastAt: time('When the latest of them was rejected'),
    state: z.enum(REJECTED_STATES).meta({ description: 'The state of the latest of them' }),
    presence: z.enum(PRESENCES).meta({
      description:
        'Whether the person is in the directory: `present`; `left` the list of the partner; `sameName` if only a person of this name is there, who may be another one; `absent`; or `unknown`, because the record does not show who it is',
    }),
    providerIds: z.array(idSchema).readonly().meta({
      description: 'The person in the directory, or at most three people of the same name',
    }),
    runId: idSchema.meta({ description: 'The sync that received the latest of them' }),
    record: z.int().min(1).meta({ description: 'The number of the latest of them in its answer, from 1' }),
    raw: nullable(
      'The latest of them as it was sent, as JSON text; null if it was removed because of its age',
    ),
  })
  .meta({
    id: 'RejectedGroup',
    description: 'The rejected records of one person with the same fault',
    examples: [EXAMPLES.rejectedGroup],
  });

const isOneSelection = ({ runId, record, group }: { runId?: unknown; record?: unknown; group?: unknown }) =>
  (runId === undefined) !== (group === undefined) && (record === undefined || group === undefined);

const selection = {
  runId: idSchema.optional().meta({ description: 'The sync that received the records' }),
  record: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .optional()
    .meta({ description: 'The number of one record in the answer of the sync, from 1' }),
  group: groupId.optional().meta({
    description: 'The `groupId` of the records: all of one person with the same fault',
  }),
};
const SELECT = 'must have either `runId`, with or without `record`, or `group`';

/** The body of a request to reopen records. */
export const reopeningSchema = z
  .strictObject(selection)
  .refine(isOneSelection, SELECT)
  .meta({ examples: [{ group: EXAMPLES.rejectedRecord.groupId }] });

/** The body of a request to dismiss records. */
export const dismissalSchema = z
  .strictObject({
    ...selection,
    by: decisionSchema.shape.by,
    reason: decisionSchema.shape.reason.unwrap().meta({ description: 'Why nothing is to be done' }),
  })
  .refine(isOneSelection, SELECT)
  .meta({
    examples: [
      {
        runId: EXAMPLES.rejectedRecord.runId,
        record: EXAMPLES.rejectedRecord.record,
        by: 'zoe',
        reason: 'The partner has corrected it.',
      },
    ],
  });

export const rejectedDecidedSchema = z
  .object({
    selected: count('Records of the selection, in any state'),
    changed: count('Records whose state changed'),
  })
  .meta({
    id: 'RejectedRecordsDecided',
    description: 'What a decision about rejected records did',
    examples: [{ selected: 3, changed: 2 }],
  });
