import { z } from 'zod';
import { baseUrl } from './base-url';
import { scheduleSchema } from './schedule';
import { count, durationWithin, share } from './values';

/** An absolute path on the partner's own origin: `//host` and `\` would lead elsewhere. */
const path = z
  .string()
  .regex(/^\/(?!\/)[^\s#\\]*$/, 'is not a path; write it like /providers')
  .meta({ form: 'path' });

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not a header name')
  .meta({ form: 'header name' });

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
    maxBytes: count(1024, 64 * 2 ** 20)
      .default(4 * 2 ** 20)
      .describe('The largest answer, in bytes after decompression.'),
    auth: z.strictObject({
      path: path.describe('The path that creates a token.'),
      tokenHeader: headerName.describe('The response header that holds the token.'),
    }),
    providers: z.strictObject({
      path: path.describe('The path of the list. The checksum is made over this path without its query.'),
      checksumHeader: headerName.describe('The request header for the checksum.'),
      noTokenText: z
        .string()
        .min(1)
        .optional()
        .describe('The text that means "there is no token" under a 200.'),
      records: z
        .string()
        .min(1)
        .optional()
        .describe(
          'The place of the list in the answer, as keys joined by dots. Without it, the answer itself is the list.',
        ),
      minimumCount: count(1, 1_000_000)
        .default(1)
        .describe(
          'A list of fewer records counts as cut. An answer with fewer different records is unusable.',
        ),
      maximumRejected: share()
        .prefault('20%')
        .describe('The share of records that may be rejected. With more, nothing of the answer is stored.'),
      maximumCount: count(1, 1_000_000)
        .default(100_000)
        .describe(
          'The largest number of records in an answer. Temporal carries 1.9 MiB after compression: 23 000 to 33 000 records.',
        ),
    }),
    fields: z
      .strictObject({
        givenName: z.string().min(1).describe("The partner's field for the given name."),
        familyName: z.string().min(1).describe("The partner's field for the family name."),
        title: z.string().min(1).optional().describe("The partner's field for the title."),
        clinic: z.string().min(1).optional().describe("The partner's field for the clinic."),
      })
      .describe("The partner's name for each of our fields. A field is a key of the record itself."),
    optional: z
      .array(z.enum(['title', 'clinic']))
      .default([])
      .describe('The fields that a record may lack.'),
    maxLength: count(1, 100_000).default(255).describe('The longest text of a field, in UTF-16 code units.'),
    identity: z
      .array(z.string().min(1))
      .min(1)
      .describe("The partner's fields that distinguish one provider from another."),
    feed: z
      .enum(['sample', 'snapshot'])
      .describe(
        '`sample`: an answer is a part of the list, so an absent provider stays. `snapshot`: an answer is the whole list, so an absent provider is marked as left.',
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
      .describe("How long the partner's part of the directory counts as fresh after a successful run."),
    schedule: scheduleSchema
      .optional()
      .describe('When Temporal starts runs. Without it, only people and programs start them.'),
  })
  .superRefine((partner, context) => {
    for (const field of partner.optional) {
      if (partner.fields[field] === undefined) {
        context.addIssue({
          code: 'custom',
          path: ['optional'],
          message: `names ${field}, which is missing in fields`,
        });
      }
    }
    const sources = Object.values(partner.fields);
    if (new Set(sources).size < sources.length) {
      context.addIssue({ code: 'custom', path: ['fields'], message: 'name one field of the partner twice' });
    }
  });

/** A partner as configured, under its name in partners.yaml. */
export type Partner = z.output<typeof partnerSchema> & { readonly name: string };

/** The partners by name. */
export type Partners = ReadonlyMap<string, Partner>;
