import type { DataSource } from 'typeorm';
import type { CheckedProvider, Json, RejectedRecord } from '../../contract/answer';
import { attributeOf, isUnmapped } from '../../contract/changes';
import { explainRemark } from '../../contract/remarks';
import { compileMapping } from '../../partner/answer/mapping';
import {
  explainUnusableCounts,
  type RejectedGroup,
  usableLimits,
} from '../../partner/answer/unusable-answer';
import type { Partner } from '../../partner/config/partner';
import type { StoredPartner } from '../../store/directory/compare-with-stored';
import { compareDirectory, type DirectoryComparison } from './compare-directory';
import { findAdvice } from './find-advice';
import { createSecretHider } from './hide-secrets';
import { type ReadPages, readPages } from './read-pages';

/** What a sync of a partner would send, receive and store. */
export interface PartnerCheck
  extends Pick<
    ReadPages,
    'calls' | 'pages' | 'received' | 'isWhole' | 'next' | 'total' | 'duplicates' | 'marks' | 'failure'
  > {
  readonly partner: string;
  readonly baseUrl: string;
  readonly format: Partner['providers']['format'];
  /** Why the records that were read would not be stored; null if they would. */
  readonly unusable: string | null;
  readonly fields: Pick<ReadPages, 'sentFields' | 'unknownFields'>;
  /** The first records that can be used. */
  readonly samples: readonly Sample[];
  /** Different providers that can be stored or marked as left. */
  readonly usable: number;
  readonly rejected: {
    readonly count: number;
    readonly groups: readonly RejectedGroup[];
    /** The number of each counts from 1. */
    readonly first: readonly (Omit<RejectedRecord, 'position'> & { readonly record: number })[];
  };
  readonly remarks: readonly string[];
  /** What to change or to ask. */
  readonly advice: readonly string[];
  /** Null if the directory was not compared. */
  readonly directory: DirectoryComparison | null;
}

/** A record in our fields, with the values of its identity by their places. */
export interface Sample extends Omit<CheckedProvider, 'identityKey'> {
  readonly identity: { readonly [place: string]: Json };
}

export interface CheckOptions {
  /** The largest number of pages. */
  readonly pages: number;
  /** Values of the variables that partners.yaml reads. They are hidden in the requests. */
  readonly variables: readonly string[];
  /** Null if the directory cannot be read. */
  readonly store: { readonly dataSource: DataSource; readonly stored: StoredPartner } | null;
}

const SAMPLES = 3;
/** Shares of the known providers from which on a change is suspicious, and the smallest number. */
const OFTEN = 0.5;
const LEAST_OFTEN = 3;

/** Calls a partner as a sync does, each call once, and writes nothing. */
export async function checkPartner(partner: Partner, options: CheckOptions): Promise<PartnerCheck> {
  const { pages, variables, store } = options;
  const since = store?.stored.since ?? null;
  const hider = createSecretHider(partner, variables);
  const read = await readPages(partner, { pages, since, hider, dataSource: store?.dataSource ?? null });
  const directory =
    store && read.differences && read.pages > 0
      ? compareDirectory(partner, store.stored, read, read.differences)
      : null;
  const { received, rejected } = read;
  const about = { partner: partner.name, received };
  return {
    partner: partner.name,
    baseUrl: partner.baseUrl,
    format: partner.providers.format,
    calls: read.calls,
    pages: read.pages,
    received,
    isWhole: read.isWhole,
    next: read.next,
    total: read.total,
    duplicates: read.duplicates,
    marks: read.marks,
    failure: read.failure,
    unusable: explainRefusal(partner, read),
    fields: { sentFields: read.sentFields, unknownFields: read.unknownFields },
    samples: takeSamples(partner, read),
    usable: read.distinct,
    rejected: {
      count: rejected.groups.reduce((sum, { count }) => sum + count, 0),
      groups: rejected.groups,
      first: rejected.first
        .slice(0, SAMPLES)
        .map(({ position, ...rest }) => ({ record: position + 1, ...rest })),
    },
    remarks: read.remarks.map((remark) => explainRemark(remark, about)),
    advice: [...findAdvice(partner, read), ...adviseOnChanges(directory)],
    directory,
  };
}

/** A part of the list may be smaller than `minimumCount`. */
function explainRefusal(partner: Partner, read: ReadPages): string | null {
  const { received, duplicates, rejected, isWhole, pages } = read;
  if (pages === 0) return null;
  const counts = { received, duplicates, rejected: rejected.groups };
  const limits = usableLimits(partner);
  return explainUnusableCounts(counts, isWhole ? limits : { ...limits, minimumCount: 0 });
}

function takeSamples(partner: Partner, { usable }: ReadPages): Sample[] {
  const { identity } = compileMapping(partner);
  return usable.slice(0, SAMPLES).map(({ provider: { identityKey: _, ...provider }, sent }) => ({
    ...provider,
    identity: Object.fromEntries(identity.map(({ text, value }) => [text, value.read(sent) ?? null])),
  }));
}

function adviseOnChanges(directory: DirectoryComparison | null): string[] {
  if (!directory) return [];
  const known = directory.updated + directory.unchanged;
  return directory.changedFields
    .filter(({ field }) => isUnmapped(field))
    .filter(({ count }) => count >= LEAST_OFTEN && count >= known * OFTEN)
    .map(({ field, count }) => {
      const key = attributeOf(field);
      return `${key} differs in ${count} of ${known} stored providers. If it says nothing about a person, add it to ignore.`;
    });
}
