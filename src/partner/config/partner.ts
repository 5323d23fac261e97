import { z } from 'zod';
import { authSchema } from './auth-schema';
import { baseUrl } from './base-url';
import { findConflicts } from './find-conflicts';
import { findRequestMistakes } from './find-request-mistakes';
import { providersSchema } from './providers-schema';
import { scheduleSchema } from './schedule';
import { fixedText, pathText, valueText } from './texts';
import { count, durationOrNone, durationWithin, share } from './values';

/** Our fields of a provider. */
export type Field = 'givenName' | 'familyName' | 'title' | 'clinic';

const constant = z
  .string()
  .transform((text) => text.trim().normalize('NFC'))
  .pipe(z.string().min(1, 'is empty'));

/** One entry of partners.yaml. Durations are in milliseconds once read. */
export const partnerSchema = z
  .strictObject({
    baseUrl: baseUrl.meta({
      form: 'http or https address',
      description: "The address of the partner's API. Requests never leave its origin.",
    }),
    deadline: durationWithin({ min: '100ms', max: '5m' })
      .prefault('10s')
      .describe('The time for one call, from connecting to the last byte of the answer.'),
    retryDelay: durationWithin({ min: '1ms', max: '1m' })
      .prefault('1s')
      .describe('The delay before the second call. It doubles with each call and is jittered by a quarter.'),
    maxBytes: count(1024, 2 * 2 ** 30)
      .default(4 * 2 ** 20)
      .describe('The largest answer, in bytes after decompression.'),
    secrets: z
      .record(z.string().regex(/^[A-Za-z_]\w*$/, 'is not a name: use letters, digits and _'), fixedText)
      .meta({ form: 'texts by name' })
      .optional()
      .describe('Secrets for expressions, which read `key` as `secrets.key`.'),
    auth: authSchema
      .optional()
      .describe('How requests are authenticated. Without it, they are sent without a token.'),
    providers: providersSchema,
    fields: z
      .strictObject({
        givenName: valueText.optional().describe('The place of the given name in a record.'),
        familyName: valueText.describe('The place of the family name in a record.'),
        title: valueText.optional().describe('The place of the title in a record.'),
        clinic: valueText.optional().describe('The place of the clinic in a record.'),
      })
      .describe(
        'The place of each of our fields in a record: a path such as `name.first`, or an expression after `=`.',
      ),
    constants: z
      .strictObject({
        givenName: constant.optional().describe('The given name of every provider.'),
        title: constant.optional().describe('The title of every provider.'),
        clinic: constant.optional().describe('The clinic of every provider.'),
      })
      .optional()
      .describe('Fixed values of our fields, for fields that no record has.'),
    ignore: z
      .array(pathText)
      .meta({ form: 'list of paths in a record' })
      .default([])
      .describe(
        'Places in a record that are not kept, so that a new value of them is no change of a provider.',
      ),
    optional: z
      .array(z.enum(['givenName', 'title', 'clinic']))
      .default([])
      .describe('The fields that a record may lack.'),
    maxLength: count(1, 100_000).default(255).describe('The longest text of a field, in UTF-16 code units.'),
    identity: z
      .array(valueText)
      .min(1)
      .meta({ form: 'list of paths or `=` expressions' })
      .describe('The places in a record that distinguish one provider from another.'),
    feed: z
      .enum(['sample', 'snapshot', 'changes'])
      .describe(
        '`sample`: an answer is a part of the list, so an absent provider stays. `snapshot`: an answer is the whole list, so an absent provider is marked as left. `changes`: an answer is what changed since the last good run.',
      ),
    departed: valueText
      .optional()
      .describe(
        'The place in a record that is true if the person left, such as `deleted`, or an expression. Such a record needs only the places of `identity`.',
      ),
    maximumDeparted: share()
      .prefault('20%')
      .describe(
        "The share of the partner's providers that a snapshot may mark as left without approval. A snapshot that marks fewer than 5 needs none.",
      ),
    approveWithin: durationWithin({ min: '1s', max: '366d' })
      .prefault('7d')
      .describe('How long such a snapshot waits for approval. Then the run fails as `SnapshotRejected`.'),
    freshFor: durationWithin({ min: '1s', max: '366d' })
      .prefault('24h')
      .describe(
        "The promise: how long the partner's part of the directory counts as fresh after a successful run.",
      ),
    keepAnswers: durationOrNone({ min: '1m', max: '366d' })
      .prefault('7d')
      .describe(
        'How long the answer of a run is kept, encrypted, so that the run can be replayed. `0` keeps none, and removes those that are kept.',
      ),
    schedule: scheduleSchema
      .optional()
      .describe('When Temporal starts runs. Without it, only people and programs start them.'),
  })
  .superRefine((partner, context) => {
    for (const { path, message } of findConflicts(partner)) {
      context.addIssue({ code: 'custom', path: [...path], message });
    }
  })
  .superRefine(
    (partner, context) => {
      for (const { path, message } of findRequestMistakes(partner)) {
        context.addIssue({ code: 'custom', path: [...path], message });
      }
    },
    // Also if the entry has other mistakes, so that all are reported together.
    { when: () => true },
  );

/** A partner as configured, under its name in partners.yaml. */
export type Partner = z.output<typeof partnerSchema> & { readonly name: string };

/** The partners by name. */
export type Partners = ReadonlyMap<string, Partner>;
