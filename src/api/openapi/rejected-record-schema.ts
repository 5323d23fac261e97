import { z } from 'zod';
import { REJECTIONS, type Rejection } from '../../contract/answer';
import { idSchema, partnerName } from '../../store/lists/filters';
import { EXAMPLES } from './examples';
import { count, string, time } from './values';

const rejections = Object.keys(REJECTIONS) as [Rejection, ...Rejection[]];

export const rejectedRecordSchema = z
  .object({
    runId: idSchema.meta({ description: 'The sync that received the record' }),
    position: count('The position of the record in the answer, from 0'),
    partner: partnerName.meta({ description: 'The partner that sent the record' }),
    reason: z.enum(rejections).meta({ description: 'Why the record could not be used' }),
    field: z
      .string()
      .nullable()
      .meta({ description: 'The field with the mistake; null if it is not one field' }),
    raw: string('The record as it was sent, as JSON text'),
    createdAt: time('When the record was rejected'),
  })
  .meta({
    id: 'RejectedRecord',
    description: 'A record that was received and could not be used',
    examples: [EXAMPLES.rejectedRecord],
  });
