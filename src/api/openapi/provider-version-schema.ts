import { z } from 'zod';
import { idSchema } from '../../store/lists/filters';
import { callSchema } from './call-schemas';
import { EXAMPLES } from './examples';
import { changeSchema, providerSchema } from './provider-schemas';
import { orNull, time } from './values';

const callOfVersionSchema = callSchema
  .pick({ page: true, attempt: true, startedAt: true })
  .extend({
    runId: idSchema.meta({
      description: 'The sync that made the call; of a replay, the sync that it replays',
    }),
  })
  .meta({
    description:
      'The call that brought the version; null if it is not known, or if the sync needed several calls for its pages',
  });

/** A provider from one change to the next. */
export const providerVersionSchema = providerSchema
  .pick({ givenName: true, familyName: true, title: true, clinic: true, attributes: true, listed: true })
  .extend({
    number: z.int().min(1).meta({ description: '1 is the provider as it was first seen; the number stays' }),
    beganAt: time('When the version began'),
    endedAt: orNull(time('When the next version began; null for the current one')),
    runId: orNull(
      idSchema.meta({
        description:
          'The sync that brought the version; null for version 1 of a provider that is older than this record',
      }),
    ),
    call: orNull(callOfVersionSchema),
    changes: z
      .array(changeSchema.pick({ field: true, before: true, after: true }))
      .readonly()
      .meta({ description: 'Every field that changed from the version before; empty for version 1' }),
  })
  .meta({
    id: 'ProviderVersion',
    description: 'A provider from one change to the next. All changes of one sync are one version',
    examples: [EXAMPLES.providerVersion],
  });
