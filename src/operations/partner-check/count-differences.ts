import type { DataSource } from 'typeorm';
import { compareWithStored, type StoredComparison } from '../../store/directory/compare-with-stored';
import { shortKey } from './count-twins';
import type { SliceDifference } from './read-tally';

/** What storing the records that were read would do to the directory. */
export interface Differences {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** How many would be marked as left because a record says so. */
  readonly departed: number;
  /** How many of the providers are stored and have not left, without those who would be marked as left. */
  readonly listed: number;
  /** What would change, and in how many providers, the most frequent first. */
  readonly changedFields: readonly { readonly field: string; readonly count: number }[];
}

/** A record that says that a person left changes no field, and leaves no one in the list. */
const MARK = { isListed: false, fields: [] };

/** Compares an answer with the directory, slice by slice. It only reads. */
export class DifferenceCounter {
  private readonly counts = { new: 0, changed: 0, unchanged: 0, departed: 0, listed: 0 };
  private readonly fields = new Map<string, number>();
  /** What would change in each provider that would change, with one list for equal ones. */
  private readonly changed = new Map<string, readonly string[]>();
  private readonly lists = new Map<string, readonly string[]>();
  /** How the records were counted that say that a person left. */
  private readonly marks = new Map<string, StoredComparison['kind']>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly partner: string,
  ) {}

  get differences(): Differences {
    const { new: inserted, changed: updated, unchanged, departed, listed } = this.counts;
    const changedFields = [...this.fields]
      .map(([field, count]) => ({ field, count }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count);
    return { inserted, updated, unchanged, departed, listed, changedFields };
  }

  async add({ added, withdrawn }: SliceDifference): Promise<void> {
    for (const compared of await this.compare(added)) {
      if (compared.kind === 'changed') this.keep(compared);
      if (compared.isMark) this.marks.set(shortKey(compared.identityKey), compared.kind);
      this.count(compared.kind, compared.isMark ? MARK : compared, 1);
    }
    for (const compared of await this.compare(withdrawn)) this.withdraw(compared);
  }

  private async compare(
    providers: SliceDifference['added'],
  ): Promise<(StoredComparison & { readonly isMark: boolean })[]> {
    if (providers.length === 0) return [];
    const marks = new Set(providers.filter(({ departed }) => departed).map(({ identityKey }) => identityKey));
    const compared = await compareWithStored(this.dataSource, this.partner, providers);
    return compared.map((each) => ({ ...each, isMark: marks.has(each.identityKey) }));
  }

  private keep({ identityKey, fields }: StoredComparison): void {
    const text = JSON.stringify(fields);
    const list = this.lists.get(text) ?? fields;
    this.lists.set(text, list);
    this.changed.set(shortKey(identityKey), list);
  }

  /** @param compared a twin of the record that was counted */
  private withdraw({ identityKey, isKnown, isListed }: StoredComparison): void {
    const fields = this.changed.get(shortKey(identityKey));
    const mark = this.marks.get(shortKey(identityKey));
    if (mark) this.count(mark, MARK, -1);
    else if (!isKnown) this.count('new', { isListed, fields: [] }, -1);
    else this.count(fields ? 'changed' : 'unchanged', { isListed, fields: fields ?? [] }, -1);
  }

  private count(
    kind: StoredComparison['kind'],
    { isListed, fields }: Pick<StoredComparison, 'isListed' | 'fields'>,
    by: 1 | -1,
  ): void {
    this.counts[kind] += by;
    if (isListed) this.counts.listed += by;
    for (const field of fields) this.fields.set(field, (this.fields.get(field) ?? 0) + by);
  }
}
