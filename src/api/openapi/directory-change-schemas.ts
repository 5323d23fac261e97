import { z } from 'zod';
import { CHANGE_KINDS } from '../../contract/changes';
import { idSchema } from '../../store/lists/filters';
import { EXAMPLES } from './examples';
import { changeSchema, providerSchema } from './provider-schemas';
import { count, orNull, time } from './values';

const kind = z.enum(CHANGE_KINDS);

/** What one sync changed at one person. */
export const directoryChangeSchema = z
  .object({
    kind: kind.meta({
      description:
        'What happened: the person is `new`, `left` the partner’s list, `returned` to it (perhaps with other changes), or `changed` otherwise',
    }),
    provider: providerSchema
      .pick({ id: true, partner: true, givenName: true, familyName: true, title: true, clinic: true })
      .meta({ description: 'The person, as the directory has the person now' }),
    runId: orNull(
      idSchema.meta({
        description: 'The sync; null if the person is new, and was added before the directory kept this',
      }),
    ),
    changedAt: time('When the sync changed the person'),
    changes: z
      .array(changeSchema.pick({ field: true, before: true, after: true }))
      .readonly()
      .meta({ description: 'Every field that the sync changed; empty if the person is new' }),
  })
  .meta({
    id: 'DirectoryChange',
    description: 'What one sync changed at one person',
    examples: [EXAMPLES.directoryChange],
  });

/** How many people are of each kind. */
export const changeCountsSchema = z
  .object({
    new: count('People who are new in the directory'),
    left: count('People who left their partner’s list'),
    returned: count('People who returned to it, perhaps with other changes'),
    changed: count('People with other changes'),
    atLeast: z
      .array(kind)
      .readonly()
      .meta({ description: 'The kinds of which there are more than 10,000; their count is 10,000' }),
  })
  .meta({
    id: 'DirectoryChangeCounts',
    description: 'The number of changes of each kind. A person that two syncs changed counts twice',
    examples: [EXAMPLES.directoryChangeCounts],
  });
