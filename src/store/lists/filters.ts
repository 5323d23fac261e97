import { z } from 'zod';
import { REJECTIONS, type Rejection } from '../../contract/answer';
import { CHANGE_FIELDS, CHANGE_KINDS } from '../../contract/changes';
import { FAILURES, type FailureType } from '../../contract/failures';
import { PARTNER_NAME, TRIGGERS } from '../../contract/names';
import { REJECTED_STATES } from '../../contract/rejected';
import { RUN_STATUSES } from '../../contract/run';
import { isStorable } from '../postgres/storable-text';

/*
 * The filters of each list, described once. The readers of the store infer their parameters from these schemas, the
 * API checks queries with them and writes its OpenAPI document from them, and pages and commands infer their types.
 * Times are ISO 8601 text, as everywhere outside the database.
 */

export const failureTypes = Object.keys(FAILURES) as [FailureType, ...FailureType[]];
export const rejections = Object.keys(REJECTIONS) as [Rejection, ...Rejection[]];

/** How providers can be sorted. Each order has its own index. */
export const PROVIDER_SORTS = ['name', 'lastChangedAt', '-lastChangedAt', '-firstSeenAt'] as const;
export type ProviderSort = (typeof PROVIDER_SORTS)[number];

/** Whether a provider is in its partner's list: `present`, or `left` since a whole list did not have it. */
export const PROVIDER_STATUSES = ['present', 'left', 'all'] as const;
export type ProviderStatus = (typeof PROVIDER_STATUSES)[number];

/** The first letters of family names, and `#` for all other characters. */
export const NAME_LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ#'] as const;
export type NameLetter = (typeof NAME_LETTERS)[number];

/** A text in a query that Postgres can hold. */
export const text = (maximum: number) =>
  z.string().min(1).max(maximum).refine(isStorable, 'holds a NUL').meta({ pattern: '^[^\\u0000]*$' });

export const idSchema = z.uuid().meta({ examples: ['0198c2f4-6b1e-7c3a-9d52-3f0a6c1b2d4e'] });

export const partnerName = z
  .string()
  .regex(PARTNER_NAME, 'is not a name of a partner')
  .meta({ description: 'A name in partners.yaml', examples: ['noteworth'] });

/** A time in a query. The error shows `%2B`, since a `+` that is not encoded arrives as a blank. */
export const moment = z.iso.datetime({
  offset: true,
  error: 'is not a time such as 2026-03-01T00:00:00Z or 2026-03-01T02:00:00%2B02:00',
});

export const providerFilterSchema = z.object({
  search: text(200)
    .optional()
    .meta({
      description:
        'Words of the name, the title and the clinic, or parts of words, in any order; all have to match. Case and accents are ignored, and so is whether ä is written as ae, ß as ss, or a double name as one word',
      examples: ['zoe hara riverbend'],
    }),
  letter: z
    .enum(NAME_LETTERS)
    .optional()
    .meta({
      description:
        'Only providers whose family name begins with this letter, without its accents; `#` for all other characters',
      examples: ['H'],
    }),
  partner: partnerName.optional(),
  clinic: text(1000)
    .optional()
    .meta({ description: 'Exactly as the provider has it', examples: ['Lakeside Clinic'] }),
  title: text(1000)
    .optional()
    .meta({ description: 'Exactly as the provider has it', examples: ['Dr.'] }),
  changedSince: moment.optional().meta({
    description:
      'Only providers that are new or changed since this time. Send the last `completeUntil` to miss none',
    examples: ['2026-03-01T00:00:00Z'],
  }),
  status: z.enum(PROVIDER_STATUSES).optional().meta({
    description:
      'Providers that are present in their partner’s list, that left it, or all. The default is `present`; with `changedSince` it is `all`, so that a follower also sees who left',
  }),
  sort: z.enum(PROVIDER_SORTS).default('name').meta({
    description:
      'With `lastChangedAt`, a provider that changes while you page comes again at the end, so that none is missed',
  }),
});

/** `true` or `false` in a query, where every value is text. */
const yesOrNo = z
  .preprocess(
    (value) => (value === 'true' ? true : value === 'false' ? false : value),
    z.boolean('is neither true nor false'),
  )
  .optional();

/** The longest duration in a query: 30 days. */
const LONGEST_MS = 30 * 86_400_000;
const DIGITS = /^\d{1,10}$/;

/** A whole number in a query, where every value is text. */
export function numberInQuery(minimum: number, maximum: number, error: string) {
  return z.preprocess(
    (value) => (typeof value === 'string' && DIGITS.test(value) ? Number(value) : value),
    z.int(error).min(minimum, error).max(maximum, error),
  );
}

const milliseconds = numberInQuery(
  0,
  LONGEST_MS,
  `is not a whole number of milliseconds from 0 to ${LONGEST_MS}`,
).optional();
const isMilliseconds = { type: 'integer', minimum: 0, maximum: LONGEST_MS } as const;

export const runFilterSchema = z.object({
  partner: partnerName.optional(),
  status: z.enum(RUN_STATUSES).optional().meta({ description: 'Only runs with this status' }),
  trigger: z.enum(TRIGGERS).optional().meta({ description: 'Only runs that this started' }),
  failureType: z.enum(failureTypes).optional().meta({ description: 'Only runs that failed for this cause' }),
  repeated: yesOrNo.meta({
    type: 'boolean',
    description:
      'Only runs that needed more than one call to an endpoint, or for a page, whether they succeeded at last or not; `false` for those that did not',
  }),
  minDurationMs: milliseconds.meta({
    ...isMilliseconds,
    description:
      'Only runs that took this many milliseconds or longer. A running run counts with its time so far',
    examples: [10_000],
  }),
  maxDurationMs: milliseconds.meta({
    ...isMilliseconds,
    description: 'Only runs that ended within this many milliseconds. Skipped runs are left out',
    examples: [60_000],
  }),
  startedAfter: moment.optional().meta({ description: 'Started at this time or later' }),
  startedBefore: moment.optional().meta({ description: 'Started before this time' }),
});

export const changeFilterSchema = z.object({
  kind: z.enum(CHANGE_KINDS).optional().meta({
    description:
      'Only people who are `new`, who `left` their partner’s list, who `returned` to it, or who `changed` otherwise. A person who returned with another title is only `returned`',
  }),
  field: z.enum(CHANGE_FIELDS).optional().meta({
    description:
      'Only changes of this; `other` is any field that partners.yaml does not name. Without it, changes of such fields only are left out',
  }),
  partner: partnerName.optional(),
  clinic: text(1000)
    .optional()
    .meta({
      description:
        'Only people who are at this clinic now, or who moved away from it between `since` and `until`. Exactly as the provider has it',
      examples: ['Lakeside Clinic'],
    }),
  run: idSchema.optional().meta({ description: 'Only what this sync did' }),
  since: moment.optional().meta({
    description:
      'Changed at this time or later. New people have the time at which the partner sent them. So people that a replay added come under the time of the run that it replays; `run` lists them. A program that polls uses `changedSince` of `/api/v1/providers`, which misses no one',
    examples: ['2026-03-01T00:00:00Z'],
  }),
  until: moment.optional().meta({ description: 'Changed before this time' }),
});

/** The states of a rejected record that a list can show. */
export const REJECTED_FILTERS = [...REJECTED_STATES, 'all'] as const;

/** The id of a group of rejected records: SHA-256 in hexadecimal. */
export const groupId = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'is not the id of a group')
  .meta({ examples: ['9d5ed678fe57bcca610140957afab571f8d7f1b6ad9c4c0bd8b2b1cbf4a0c2e3'] });

export const rejectedRecordFilterSchema = z.object({
  partner: partnerName.optional(),
  runId: idSchema.optional().meta({ description: 'Only records of this run' }),
  group: groupId.optional().meta({
    description: 'Only records of this group: of one person, with one fault',
  }),
  reason: z.enum(rejections).optional().meta({ description: 'Only records rejected for this reason' }),
  state: z.enum(REJECTED_FILTERS).optional().meta({
    description:
      'Records that are `open`; `gone`, because a later run brought the person; `dismissed` by an operator; `resolved` by a replay of the run, which used them or rejected them again; or all. The default is `open`; with `runId` or `group` it is `all`',
  }),
});

export type ChangeFilter = Readonly<z.input<typeof changeFilterSchema>>;
export type RunFilter = Readonly<z.output<typeof runFilterSchema>>;
/** Without a state, records in any state. */
export type RejectedRecordFilter = Readonly<z.input<typeof rejectedRecordFilterSchema>>;

/** The state of the records that a list shows: open ones, unless the query asks for others or names its records. */
export function stateOf({ state, runId, group }: RejectedRecordFilter): (typeof REJECTED_FILTERS)[number] {
  return state ?? (runId === undefined && group === undefined ? 'open' : 'all');
}

/** Which part of a list to read. */
export interface PageQuery {
  readonly limit: number;
  /** Where the page before ended; the first page without it. */
  readonly cursor?: string | undefined;
}

interface StatusQuery {
  readonly status?: ProviderStatus | undefined;
  /** The older form of `status`. */
  readonly listed?: boolean | undefined;
  readonly changedSince?: unknown;
}

/**
 * The status of the providers that a list shows: present ones, unless the query asks for others. A list of changes
 * also shows who left, so that a program that follows it misses no departure.
 */
export function statusOf({ status, listed, changedSince }: StatusQuery): ProviderStatus {
  if (status !== undefined) return status;
  if (listed !== undefined) return listed ? 'present' : 'left';
  return changedSince === undefined ? 'present' : 'all';
}
