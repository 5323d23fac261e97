import type { DataSource } from 'typeorm';
import { Conditions } from '../lists/conditions';

interface Kept<T> {
  readonly version: string;
  readonly value: Promise<T>;
}

/** Remembers what was read from the counts of a partner, or of all partners, until one of them changes. */
export class DirectoryMemo<T> {
  private readonly kept = new WeakMap<DataSource, Map<string, Kept<T>>>();

  constructor(private readonly read: (dataSource: DataSource, partner: string | undefined) => Promise<T>) {}

  async get(dataSource: DataSource, partner?: string): Promise<T> {
    // The version is read first: if the value is newer than its version, it is only read once more.
    const version = await readVersion(dataSource, partner);
    // There are no providers. Made-up names of partners would fill the memory.
    if (version === null) return this.read(dataSource, partner);
    const kept = this.of(dataSource);
    const key = partner ?? '';
    const known = kept.get(key);
    if (known?.version === version) return known.value;
    const value = this.read(dataSource, partner);
    const entry = { version, value };
    kept.set(key, entry);
    value.catch(() => kept.get(key) === entry && kept.delete(key));
    return value;
  }

  private of(dataSource: DataSource): Map<string, Kept<T>> {
    const kept = this.kept.get(dataSource) ?? new Map<string, Kept<T>>();
    this.kept.set(dataSource, kept);
    return kept;
  }
}

/** Changes with every change of a count of the partner, or of any partner; null before the first one. */
async function readVersion(dataSource: DataSource, partner: string | undefined): Promise<string | null> {
  const conditions = new Conditions();
  conditions.add(`field = 'all'`);
  conditions.equals('partner', partner);
  // The transaction that wrote the row last.
  const [{ version }]: [{ version: string | null }] = await dataSource.query(
    `SELECT string_agg(partner || ' ' || xmin, ',' ORDER BY partner) AS version
     FROM provider_counts WHERE ${conditions}`,
    conditions.parameters,
  );
  return version;
}
