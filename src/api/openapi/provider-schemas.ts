import { z } from 'zod';
import { idSchema, partnerName, providerFilterSchema } from '../../store/lists/filters';
import { EXAMPLES } from './examples';
import { pageOf } from './list-schemas';
import { flag, orNull, string, time } from './values';

/** The problem of an id that no provider has. */
export const NO_PROVIDER = 'There is no provider with this id; see /api/v1/providers.';

export const providerIdParams = z.object({ id: idSchema.meta({ description: 'The id of the provider' }) });

export const providerQuery = providerFilterSchema.extend({
  listed: z
    .stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive', error: 'is not true or false' })
    .meta({
      type: 'boolean',
      description: 'The older form of `status`: true for `present`, false for `left`',
    })
    .optional(),
});

export const providerSchema = z
  .object({
    id: idSchema.meta({ description: 'The id of the provider in this directory' }),
    partner: partnerName.meta({ description: 'The partner that sends the provider' }),
    givenName: string('The given names, as the partner sends them'),
    familyName: string('The family name, as the partner sends it'),
    title: z.string().nullable().meta({ description: 'The title, such as `Dr.`; null if there is none' }),
    clinic: z.string().nullable().meta({ description: 'The name of the clinic; null if there is none' }),
    // Not a z.record: that leaves out the name `__proto__`, which a partner may use like any other.
    attributes: z.unknown().meta({
      type: 'object',
      additionalProperties: true,
      description: 'Fields of the partner that partners.yaml does not name',
    }),
    listed: flag('False after a partner that sends whole lists left the provider out'),
    firstSeenAt: time('When the provider was seen for the first time'),
    lastSeenAt: time('When the provider was last in an answer of the partner'),
    lastChangedAt: time('When a field of the provider last changed'),
  })
  .meta({ id: 'Provider', description: 'A person in the directory', examples: [EXAMPLES.provider] });

export const possibleDuplicateSchema = providerSchema
  .extend({
    differsIn: z
      .array(string('A field; `attributes.<name>` for one that partners.yaml does not name'))
      .readonly()
      .meta({ description: 'The fields in which the two differ' }),
  })
  .meta({
    id: 'PossibleDuplicate',
    description: 'A provider of the same name as another one. Providers are never merged automatically',
    examples: [EXAMPLES.possibleDuplicate],
  });

/** `lastSeenAt` is null for a past date if the provider was seen again later; earlier sightings are not kept. */
export const pastProviderSchema = providerSchema
  .extend({
    lastSeenAt: orNull(
      time(
        'When the provider was last in an answer; null for a past time if the provider was seen again later',
      ),
    ),
  })
  .meta({
    id: 'ProviderAsOf',
    description: 'A provider, now or at an earlier time',
    examples: [EXAMPLES.provider],
  });

export const changeSchema = z
  .object({
    id: z.string().meta({ description: 'Increases with each change', examples: ['42'] }),
    providerId: idSchema.meta({ description: 'The provider that changed' }),
    providerName: string('The name of the provider'),
    partner: partnerName.meta({ description: 'The partner of the provider' }),
    runId: idSchema.meta({ description: 'The sync that changed the provider' }),
    field: z.string().meta({
      description:
        'The field that changed: one of the provider, `attributes.<name>`, or `listed` if the provider left or came back',
      examples: ['title'],
    }),
    before: z.unknown().meta({ description: 'The value before the change, as any JSON value' }),
    after: z.unknown().meta({ description: 'The value after the change, as any JSON value' }),
    changedAt: time('When the sync changed it'),
  })
  .meta({
    id: 'ProviderChange',
    description: 'A field of a provider that a sync changed',
    examples: [EXAMPLES.change],
  });

/** A page of providers, for programs that follow changes. */
export const providerPage = pageOf(providerSchema)
  .extend({
    completeUntil: time('').meta({
      description:
        'Every change before this time is in the list. To follow changes, keep the value of the first page and send it as `changedSince` next time. Changes appear when their sync ends, with an earlier time, so a later value would miss some. For an export, read a page of one item first',
    }),
    didYouMean: z
      .array(z.string())
      .optional()
      .meta({
        description:
          'Present only if a search found no provider: at most three other searches with similar words, the closest first. With the same filters, each of them finds a provider',
        examples: [['Nguyen']],
      }),
  })
  .meta({
    examples: [{ items: [EXAMPLES.provider], nextCursor: null, completeUntil: EXAMPLES.run.finishedAt }],
  });
