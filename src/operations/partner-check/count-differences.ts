import type { DataSource } from 'typeorm';
import { compareWithStored, type StoredComparison } from '../../store/directory/compare-with-stored';
import { shortKey } from './count-twins';
import type { SliceDifference } from './read-tally';

/** What storing the records that were read would do to the directory. */
export interface Differences {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** How many of the providers are stored and have not left. */
  readonly listed: number;
  /** What would change, and in how many providers, the most frequent first. */
  readonly changedFields: readonly { readonly field: string; readonly count: number }[];
}

/** Compares an answer with the directory, slice by slice. It only reads. */
export class DifferenceCounter {
  private readonly counts = { new: 0, changed: 0, unchanged: 0, listed: 0 };
  private readonly fields = new Map<string, number>();
  /** What would change in each provider that would change, with one list for equal ones. */
  private readonly changed = new Map<string, readonly string[]>();
  private readonly lists = new Map<string, readonly string[]>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly partner: string,
  ) {}

  get differences(): Differences {
    const { new: inserted, changed: updated, unchanged, listed } = this.counts;
    const changedFields = [...this.fields]
      .map(([field, count]) => ({ field, count }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count);
    return { inserted, updated, unchanged, listed, changedFields };
  }

  async add({ added, withdrawn }: SliceDifference): Promise<void> {
    for (const compared of await this.compare(added)) {
      if (compared.kind === 'changed') this.keep(compared);
      this.count(compared.kind, compared, 1);
    }
    for (const compared of await this.compare(withdrawn)) this.withdraw(compared);
  }

  private async compare(providers: SliceDifference['added']): Promise<StoredComparison[]> {
    return providers.length === 0 ? [] : compareWithStored(this.dataSource, this.partner, providers);
  }

  private keep({ identityKey, fields }: StoredComparison): void {
    const text = JSON.stringify(fields);
    const list = this.lists.get(text) ?? fields;
    this.lists.set(text, list);
    this.changed.set(shortKey(identityKey), list);
  }

  /** @param compared a twin of the record that was counted */
  private withdraw({ identityKey, kind, isListed }: StoredComparison): void {
    const fields = this.changed.get(shortKey(identityKey));
    if (kind === 'new') this.count('new', { isListed, fields: [] }, -1);
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
