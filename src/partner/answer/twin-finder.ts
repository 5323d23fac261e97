import type { CheckedAnswer, CheckedProvider, RejectedRecord } from '../../contract/answer';
import type { CheckedSlice } from './checked-page';
import { rawText } from './page-check';
import { areTwins } from './twins';

/** A usable record. */
interface Placed {
  readonly provider: CheckedProvider;
  readonly position: number;
  /** As the partner sent it. */
  readonly sent: unknown;
}

/** The records of one identity, in their order. */
interface Twins {
  readonly first: Placed;
  readonly others: Placed[];
  /** Whether they are not all the same person. */
  differ: boolean;
}

/** Collects the records of an answer, and finds those that are listed twice. */
export class TwinFinder {
  private readonly byIdentity = new Map<string, Twins>();
  private readonly rejected: RejectedRecord[] = [];

  add({ providers, rejected, sent }: CheckedSlice): void {
    for (const [index, { position, ...provider }] of providers.entries()) {
      this.place({ provider, position, sent: sent[index] });
    }
    this.rejected.push(...rejected);
  }

  /** Copies of a record are left out. Records of one identity are rejected if they differ. */
  settle(): Pick<CheckedAnswer, 'providers' | 'rejected' | 'duplicates'> {
    const providers: CheckedProvider[] = [];
    const rejected = [...this.rejected];
    let duplicates = 0;
    for (const { first, others, differ } of this.byIdentity.values()) {
      if (differ) for (const placed of [first, ...others]) rejected.push(toConflicting(placed));
      else {
        providers.push(first.provider);
        duplicates += others.length;
      }
    }
    rejected.sort((a, b) => a.position - b.position);
    return { providers, rejected, duplicates };
  }

  private place(placed: Placed): void {
    const { identityKey } = placed.provider;
    const twins = this.byIdentity.get(identityKey);
    if (!twins) {
      this.byIdentity.set(identityKey, { first: placed, others: [], differ: false });
      return;
    }
    twins.others.push(placed);
    if (!twins.differ) twins.differ = !areTwins(twins.first.provider, placed.provider);
  }
}

function toConflicting({ position, sent }: Placed): RejectedRecord {
  return { position, reason: 'ConflictingDuplicate', field: null, raw: rawText(sent) };
}
