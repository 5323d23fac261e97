import type { DataSource } from 'typeorm';
import { hasChangedSince, readDirectoryVersion } from '../runs/read-version';

interface Kept<T> {
  readonly version: string;
  readonly value: Promise<T>;
}

/**
 * Remembers what was computed from all providers of a partner, or of all partners, until a successful run changes one of
 * them, or one is erased. Nothing else changes them.
 */
export class DirectoryMemo<T> {
  private readonly kept = new WeakMap<DataSource, Map<string, Kept<T>>>();

  constructor(
    private readonly compute: (dataSource: DataSource, partner: string | undefined) => Promise<T>,
  ) {}

  async get(dataSource: DataSource, partner?: string): Promise<T> {
    // The version is read first: if the value is newer than its version, it is only computed once more.
    const version = await readDirectoryVersion(dataSource, partner);
    // There are no providers. Made-up names of partners would fill the memory.
    if (version === null) return this.compute(dataSource, partner);
    const kept = this.of(dataSource);
    const key = partner ?? '';
    const known = kept.get(key);
    if (known && known.version !== version && !(await hasChangedSince(dataSource, partner, known.version))) {
      kept.set(key, { version, value: known.value });
    }
    // Another caller may have computed it meanwhile.
    const current = kept.get(key);
    if (current?.version === version) return current.value;
    const value = this.compute(dataSource, partner);
    const entry = { version, value };
    kept.set(key, entry);
    value.catch(() => kept.get(key)?.value === value && kept.delete(key));
    return value;
  }

  private of(dataSource: DataSource): Map<string, Kept<T>> {
    const kept = this.kept.get(dataSource) ?? new Map<string, Kept<T>>();
    this.kept.set(dataSource, kept);
    return kept;
  }
}
