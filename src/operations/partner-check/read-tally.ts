import type { CheckedProvider, Json, RejectedRecord } from '../../contract/answer';
import type { Remark } from '../../contract/remarks';
import type { CheckedSlice, PageEnd } from '../../partner/answer/checked-page';
import { rawText } from '../../partner/answer/page-check';
import { addToGroups, groupByReason, type RejectedGroup } from '../../partner/answer/unusable-answer';
import { TwinCounter } from './count-twins';

/** A record that can be used. */
export interface UsableRecord {
  readonly provider: CheckedProvider;
  /** As the partner sent it. */
  readonly sent: Json;
  /** Among all records, from 0. */
  readonly position: number;
}

/** The records of the pages that were read, in numbers and examples. */
export interface ReadRecords {
  readonly received: number;
  /** Different providers that can be stored. */
  readonly distinct: number;
  readonly duplicates: number;
  /** Records that can be used and say that a person left. */
  readonly marks: number;
  /** The first records that can be used, without those that say that a person left. */
  readonly usable: readonly UsableRecord[];
  readonly rejected: {
    readonly groups: readonly RejectedGroup[];
    /** The first ones, in their order. */
    readonly first: readonly RejectedRecord[];
  };
  readonly unknownFields: readonly string[];
  readonly sentFields: readonly string[];
  readonly remarks: readonly Remark[];
}

/** What a slice means for the directory. */
export interface SliceDifference {
  /** Providers that would be stored. */
  readonly added: readonly CheckedProvider[];
  /** Providers of which an earlier record was added, and that would not be stored after all. */
  readonly withdrawn: readonly CheckedProvider[];
}

/** Records that are kept, of each kind. */
const MAX_EXAMPLES = 100;
const MAX_FIELD_NAMES = 100;

const NOTHING: ReadRecords = {
  received: 0,
  distinct: 0,
  duplicates: 0,
  marks: 0,
  usable: [],
  rejected: { groups: [], first: [] },
  unknownFields: [],
  sentFields: [],
  remarks: [],
};

/** Counts the records of an answer, and keeps only the first ones. */
export class ReadTally {
  private readonly twins = new TwinCounter();
  private now = NOTHING;

  get records(): ReadRecords {
    return this.now;
  }

  /** Adds the next records of a page. */
  add({ providers, rejected, sent }: CheckedSlice): SliceDifference {
    const { received } = this.now;
    const faulty = rejected.map((record) => ({ ...record, position: received + record.position }));
    this.reject(groupByReason(faulty), faulty);
    const difference = { added: [] as CheckedProvider[], withdrawn: [] as CheckedProvider[] };
    for (const [index, { position, ...provider }] of providers.entries()) {
      this.place({ provider, sent: sent[index] as Json, position: received + position }, difference);
    }
    return difference;
  }

  /** Ends a page, after its last records. */
  endPage({ received, unknownFields, sentFields, remarks }: PageEnd): void {
    const { now } = this;
    this.now = {
      ...now,
      received: now.received + received,
      unknownFields: union(now.unknownFields, unknownFields).slice(0, MAX_FIELD_NAMES),
      sentFields: union(now.sentFields, sentFields),
      remarks: addRemarks(now.remarks, remarks),
    };
  }

  private place(
    record: UsableRecord,
    { added, withdrawn }: { added: CheckedProvider[]; withdrawn: CheckedProvider[] },
  ): void {
    const { kind, earlier } = this.twins.place(record.provider);
    const { usable } = this.now;
    if (kind === 'new') {
      added.push(record.provider);
      this.now = { ...this.now, distinct: this.now.distinct + 1 };
    } else if (kind === 'copy') {
      this.now = { ...this.now, duplicates: this.now.duplicates + 1 };
    } else {
      this.rejectTwins(record, earlier);
      if (earlier > 0) withdrawn.push(record.provider);
    }
    if (record.provider.departed) this.now = { ...this.now, marks: this.now.marks + 1 };
    else if (usable.length < MAX_EXAMPLES) this.now = { ...this.now, usable: [...usable, record] };
  }

  private rejectTwins(record: UsableRecord, earlier: number): void {
    const { distinct, duplicates, usable } = this.now;
    const { identityKey } = record.provider;
    const others = earlier > 0 ? usable.filter(({ provider }) => provider.identityKey === identityKey) : [];
    const examples = [...others, record].map(({ position, sent }) => ({
      ...{ position, ...CONFLICT },
      raw: rawText(sent),
    }));
    if (earlier > 0) {
      this.now = { ...this.now, distinct: distinct - 1, duplicates: duplicates - earlier + 1 };
    }
    this.reject([{ ...CONFLICT, count: earlier + 1 }], examples);
  }

  private reject(groups: readonly RejectedGroup[], examples: readonly RejectedRecord[]): void {
    const { rejected } = this.now;
    const first = [...rejected.first, ...examples]
      .sort((one, other) => one.position - other.position)
      .slice(0, MAX_EXAMPLES);
    this.now = { ...this.now, rejected: { groups: addToGroups(rejected.groups, groups), first } };
  }
}

const CONFLICT = { reason: 'ConflictingDuplicate', field: null } as const;

/** Remarks of several pages about the same field are one remark. */
function addRemarks(remarks: readonly Remark[], more: readonly Remark[]): Remark[] {
  const byField = new Map<string, Remark>();
  for (const remark of [...remarks, ...more]) {
    const key = JSON.stringify([remark.type, remark.field]);
    const count = byField.get(key)?.count ?? 0;
    byField.set(key, { ...remark, count: remark.count === null ? null : count + remark.count });
  }
  return [...byField.values()];
}

function union(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])];
}
