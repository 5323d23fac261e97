import { z } from 'zod';
import { count } from './count';
import { duration } from './duration';
import { scheduleSchema } from './schedule';
import { share } from './share';

/** An absolute path on the partner's own origin: `//host` and `\` would lead elsewhere. */
const path = z.string().regex(/^\/(?!\/)[^\s#\\]*$/, 'is no path; write it like /providers');

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is no header name');

const baseUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url && ['http:', 'https:'].includes(url.protocol) && !url.username && !url.password;
  if (!isPlain || /[?#]/.test(text)) {
    context.addIssue({
      code: 'custom',
      message: `is no http(s) address without credentials, query and fragment: write it like https://api.example.com`,
    });
    return z.NEVER;
  }
  return url.href.replace(/\/+$/, '');
});

/** One entry of partners.yaml; whatever it leaves out has the default given here. */
export const partnerSchema = z
  .strictObject({
    baseUrl,
    /** Milliseconds from connecting to the last byte of an answer. */
    deadline: duration({ min: '100ms', max: '5m' }).prefault('10s'),
    /** Milliseconds before the second call; doubles with each call, and is jittered. */
    retryDelay: duration({ min: '1ms', max: '1m' }).prefault('1s'),
    /** The largest answer, in bytes after decompression. */
    maxBytes: count(1024, 64 * 2 ** 20).default(4 * 2 ** 20),
    auth: z.strictObject({ path, tokenHeader: headerName }),
    providers: z.strictObject({
      path,
      checksumHeader: headerName,
      /** The text that stands for "there is no token" under a 200. */
      noTokenText: z.string().min(1).optional(),
      /** Where the list stands, as keys joined by dots; left out where the answer itself is the list. */
      records: z.string().min(1).optional(),
      /** A list of fewer records counts as cut; fewer different ones make an answer unusable. */
      minimumCount: count(1, 1_000_000).default(1),
      /** The share of records that may be rejected, as `20%` or `0.2`; with more, nothing of the answer is stored. */
      maximumRejected: share().prefault('20%'),
      /** More records than this are not looked at. Temporal carries 1.9 MiB after compression: 20 000 to 33 000 records. */
      maximumCount: count(1, 1_000_000).default(100_000),
    }),
    /** The partner's name for each of our fields. */
    fields: z.strictObject({
      givenName: z.string().min(1),
      familyName: z.string().min(1),
      title: z.string().min(1).optional(),
      clinic: z.string().min(1).optional(),
    }),
    /** Which of our fields a record may lack. */
    optional: z.array(z.enum(['title', 'clinic'])).default([]),
    /** The longest text of a field, in UTF-16 code units. */
    maxLength: count(1, 100_000).default(255),
    /** The partner's names of the fields that tell one provider from another. */
    identity: z.array(z.string().min(1)).min(1),
    feed: z.enum(['sample', 'snapshot']),
    /**
     * A snapshot that would mark a larger share of the partner's people as left, and at least 5 of them, is
     * applied only after an operator has approved it.
     */
    maximumDeparted: share().default(0.2),
    /** How long such a snapshot waits for the approval, in milliseconds; then it counts as rejected. */
    approveWithin: duration({ min: '1s', max: '366d' }).prefault('7d'),
    /** For so long after a good run, in milliseconds, its part of the directory counts as fresh. */
    freshFor: duration({ min: '1s', max: '366d' }).prefault('24h'),
    /** When Temporal starts runs by itself; left out where only people and programs start them. */
    schedule: scheduleSchema.optional(),
  })
  .superRefine((partner, context) => {
    for (const field of partner.optional) {
      if (partner.fields[field] === undefined) {
        context.addIssue({
          code: 'custom',
          path: ['optional'],
          message: `names ${field}, which fields lacks`,
        });
      }
    }
    const sources = Object.values(partner.fields);
    if (new Set(sources).size < sources.length) {
      context.addIssue({ code: 'custom', path: ['fields'], message: 'name one of their fields twice' });
    }
  });

/** A partner as configured, under its name in partners.yaml. */
export type Partner = z.output<typeof partnerSchema> & { readonly name: string };

/** The partners by name. */
export type Partners = ReadonlyMap<string, Partner>;
