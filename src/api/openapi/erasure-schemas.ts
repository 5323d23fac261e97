import { z } from 'zod';
import { idSchema, partnerName } from '../../store/lists/filters';
import { EXAMPLES } from './examples';
import { pageQuery } from './list-schemas';
import { decisionSchema } from './sync-schemas';
import { count, orNull, string, time } from './values';

export const erasureIdParams = z.object({ id: idSchema.meta({ description: 'The id of the receipt' }) });

export const erasureQuery = pageQuery.extend({
  providerId: idSchema.optional().meta({ description: 'Only receipts of the person that had this id' }),
});

/** Who lets an erased person come back. */
export const unerasureSchema = decisionSchema.pick({ by: true });

/** Who erases a person, and why. */
export const erasureRequestSchema = unerasureSchema
  .extend({
    reason: decisionSchema.shape.reason
      .unwrap()
      .meta({ description: 'Why, without the name of the person, for example the number of a ticket' }),
  })
  .meta({ examples: [{ by: 'zoe', reason: 'Ticket 4711' }] });

export const erasureSchema = z
  .object({
    id: idSchema.meta({ description: 'The id of the receipt' }),
    providerId: idSchema.meta({ description: 'The id that the person had in the directory' }),
    partner: partnerName.meta({ description: 'The partner that sent the person' }),
    erasedAt: time('When the person was erased'),
    erasedBy: z.string().nullable().meta({ description: 'Who did it; null if that is not known' }),
    reason: z.string().nullable().meta({ description: 'The reason; null if none was given' }),
    removed: z
      .object({
        providers: count('Entries in the directory'),
        changes: count('Changes of fields'),
        rejectedRecords: count('Rejected records'),
        stagedRecords: count('Records of a running sync, whose content was removed'),
        keptAnswers: count('Syncs of the partner whose kept answer was removed'),
      })
      .meta({ description: 'The numbers of removed rows' }),
    liftedAt: orNull(
      time('When the person was allowed to come back; null as long as syncs leave the person out'),
    ),
    liftedBy: z.string().nullable().meta({ description: 'Who allowed it; null if no one did' }),
  })
  .meta({
    id: 'Erasure',
    description: 'The receipt of an erased person, without the name',
    examples: [EXAMPLES.erasure],
  });

/** The answer while no worker has done it yet. */
export const acceptedSchema = z.object({ detail: string('What happens next') }).meta({
  id: 'Accepted',
  description: 'A worker does it as soon as it can',
  examples: [{ detail: 'No worker has done it yet. One does it as soon as it can.' }],
});
